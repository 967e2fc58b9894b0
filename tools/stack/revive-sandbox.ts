import pg from 'pg';
import { Vault } from '#libs/vault';
import { call, type Json, until } from './api.js';
import type { Stack } from './stack.js';

interface Known {
  business: string;
  messaging_limit: string;
  waba_uuid: string;
  waba: string;
  name: string;
  currency: string;
  timezone: string;
  sealed_token: string | null;
  acts_as_provider: boolean;
  country: string | null;
  numbers: { id: string; phone: string; name: string; status: string }[] | null;
  templates: Json[] | null;
}

/**
 * The sandbox keeps its state in memory and forgets it when it stops or dies; a stack whose data outlived it waits for
 * the new sandbox and tells it of the WABAs, numbers, templates and tokens that the database remembers.
 */
export async function reviveSandbox(stack: Stack): Promise<void> {
  const isUp = async () => (await fetch(`${stack.urls.sandbox}/readyz`).catch(() => undefined))?.ok;
  await until('the sandbox to come back', isUp);
  const db = new pg.Client({ connectionString: stack.databaseUrl });
  await db.connect();
  const { rows } = await db.query<Known>(`
    SELECT p.meta_business_id AS business, p.messaging_limit, w.waba_id AS waba_uuid, w.meta_waba_id AS waba, w.name,
           w.currency, w.timezone, w.sealed_token, w.acts_as_provider, t.country,
           (SELECT json_agg(json_build_object('id', n.meta_phone_number_id, 'phone', n.display_phone_number,
                                              'name', n.verified_name, 'status', n.status))
              FROM phone_numbers n WHERE n.tenant_id = w.tenant_id AND n.waba_id = w.waba_id) AS numbers,
           (SELECT json_agg(json_build_object('id', m.meta_template_id, 'name', m.name, 'language', m.language,
                                              'category', upper(m.category), 'components', m.components,
                                              'parameter_format', upper(m.parameter_format), 'status', upper(m.status)))
              FROM templates m WHERE m.tenant_id = w.tenant_id AND m.waba_id = w.waba_id
               AND m.meta_template_id IS NOT NULL AND m.status <> 'deleted') AS templates
      FROM wabas w JOIN portfolios p USING (tenant_id, portfolio_id) JOIN tenants t USING (tenant_id)
     ORDER BY w.tenant_id, w.waba_id`);
  await db.end();
  const vault = new Vault([{ id: 'k1', key: Buffer.from(stack.secrets.encryptionKey, 'base64') }]);
  const tell = (path: string, body: Json) => call('POST', `${stack.urls.sandbox}/_sandbox/${path}`, { body });
  for (const known of rows) {
    await tell('portfolios', { id: known.business, name: known.name, messaging_limit: known.messaging_limit });
    await tell('wabas', {
      id: known.waba,
      business_id: known.business,
      name: known.name,
      currency: known.currency,
      timezone: known.timezone,
      ...(known.country ? { country: known.country } : {}),
      subscribed: true,
    });
    for (const number of known.numbers ?? []) {
      await tell('phone_numbers', {
        id: number.id,
        waba_id: known.waba,
        phone_number: `+${number.phone.replace(/\D/g, '')}`,
        verified_name: number.name || known.name,
        registered: number.status === 'CONNECTED',
      });
    }
    for (const template of known.templates ?? []) await tell('templates', { ...template, waba_id: known.waba });
    // The provider's own token the sandbox has from its start.
    if (known.sealed_token && !known.acts_as_provider) {
      const value = vault.open(known.sealed_token, `waba-token:${known.waba_uuid}`);
      await tell('tokens', { value, waba_ids: [known.waba] });
    }
  }
}
