import { createHmac, randomBytes } from 'node:crypto';
import { Vault } from '#libs/vault';
import { SEALED_COLUMNS } from '../../apps/admin/src/secrets/sealed-columns.js';
import { call, until } from '../stack/api.js';
import { STAFF_EMAIL } from '../stack/demo-stack.js';
import type { Lab } from './lab.js';

const RESEALED_WITHIN_MS = 120_000;
const REASON = 'secrets are rotated under load';

/**
 * Rotates the app secret as docs/runbooks/rotation.md says: here first, then at Meta, then the overlap ends.
 *
 * @param meanwhile lets messages flow
 * @returns what was wrong
 */
export async function rotateAppSecret(lab: Lab, meanwhile: () => Promise<void>): Promise<string[]> {
  const [before, after] = [lab.stack.secrets.metaAppSecret, randomBytes(16).toString('hex')];
  const path = 'settings/meta-secrets/app_secret';
  await staff(lab, 'PUT', path, { secret: after, reason: REASON });
  await until('the new app secret to be accepted', async () => (await webhook(lab, after)) === 200);
  const wrong = (await webhook(lab, before)) === 200 ? [] : ['the old app secret was refused while both count'];
  await meanwhile();
  await lab.sandbox('apps', { id: 'sandbox-app', secret: after });
  await meanwhile();
  // What Meta signed with the old one has arrived by then.
  await staff(lab, 'POST', `${path}/end-overlap`, { reason: REASON });
  await until('the old app secret to be refused', async () => (await webhook(lab, before)) === 401);
  return (await webhook(lab, after)) === 200 ? wrong : [...wrong, 'the new app secret was refused'];
}

/**
 * Rotates the encryption key as docs/runbooks/rotation.md says, with a rolling restart for each step.
 *
 * @param meanwhile lets messages flow
 * @returns what was wrong
 */
export async function rotateEncryptionKey(lab: Lab, meanwhile: () => Promise<void>): Promise<string[]> {
  const old = { id: 'k1', key: Buffer.from(lab.stack.secrets.encryptionKey, 'base64') };
  const fresh = { id: 'k2', key: randomBytes(32) };
  const [k1, k2] = [old, fresh].map(({ id, key }) => `${id}:${key.toString('base64')}`);
  await lab.stack.reconfigure({ ENCRYPTION_KEYS: `${k1},${k2}` });
  await meanwhile();
  await lab.stack.reconfigure({ ENCRYPTION_KEYS: `${k2},${k1}` });
  const unneeded = async () => {
    const { data } = await staff<{ data: { id: string; may_be_dropped: boolean }[] }>(lab, 'GET', 'secrets/keys');
    return data.find(({ id }) => id === old.id)?.may_be_dropped;
  };
  await until('nothing to need the old key', unneeded, RESEALED_WITHIN_MS);
  await meanwhile();
  await lab.stack.reconfigure({ ENCRYPTION_KEYS: `${k2}` });
  await meanwhile();
  return [...(await sealedBy(lab, old.id)), ...(await openedBy(lab, new Vault([old]), new Vault([fresh])))];
}

/** Reads every column of text of the database: a list of columns to search could lack one. */
async function sealedBy(lab: Lab, keyId: string): Promise<string[]> {
  const { rows } = await lab.db.query<{ table: string; column: string }>(
    `SELECT table_name AS "table", column_name AS "column" FROM information_schema.columns
       JOIN information_schema.tables USING (table_schema, table_name)
      WHERE table_schema = 'public' AND table_type = 'BASE TABLE' AND data_type = 'text'`,
  );
  const found: string[] = [];
  for (const { table, column } of rows) {
    const seen = await lab.db.query(`SELECT FROM "${table}" WHERE starts_with("${column}", $1) LIMIT 1`, [
      `v1.${keyId}.`,
    ]);
    if (seen.rows.length > 0) found.push(`${table}.${column} holds what ${keyId} sealed`);
  }
  return found;
}

/** Tries a ring of the old key alone at everything that is sealed; the new one opens the same, so the trial is a fair one. */
async function openedBy(lab: Lab, old: Vault, fresh: Vault): Promise<string[]> {
  const opens = (vault: Vault, sealed: string, context: string): boolean => {
    try {
      vault.open(sealed, context);
      return true;
    } catch {
      return false;
    }
  };
  const wrong: string[] = [];
  let tried = 0;
  for (const { table, column, id, context, ofProvider } of SEALED_COLUMNS) {
    const { rows } = await lab.db.query<{ id: string; tenant: string; sealed: string }>(
      `SELECT ${id}::text AS id, ${ofProvider ? `''` : 'tenant_id'} AS tenant, ${column} AS sealed FROM ${table}
        WHERE ${column} <> ''`,
    );
    for (const row of rows) {
      const sealedFor = context(row.id, row.tenant);
      if (opens(old, row.sealed, sealedFor)) wrong.push(`the old key opens ${table}.${column}`);
      if (!opens(fresh, row.sealed, sealedFor)) wrong.push(`the new key does not open ${table}.${column}`);
    }
    tried += rows.length;
  }
  return tried > 0 ? wrong : ['nothing was sealed, so nothing was tried'];
}

/** A webhook without news, signed; its HTTP status. */
async function webhook(lab: Lab, secret: string): Promise<number> {
  const body = '{"object":"whatsapp_business_account","entry":[]}';
  const signature = `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`;
  const answer = await fetch(`${lab.stack.urls.gateway}/meta/webhooks`, {
    method: 'POST',
    body,
    headers: { 'content-type': 'application/json', 'x-hub-signature-256': signature },
  });
  await answer.body?.cancel();
  return answer.status;
}

async function staff<T>(lab: Lab, method: string, path: string, body?: object): Promise<T> {
  const url = `${lab.stack.urls.admin}/admin/v1`;
  const { access_token: token } = await call<{ access_token: string }>('POST', `${url}/sessions`, {
    body: { email: STAFF_EMAIL, password: lab.stack.secrets.staffPassword },
  });
  return call<T>(method, `${url}/${path}`, { token, ...(body ? { body } : {}) });
}
