import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually } from '../../../../test/support/app.js';
import { type Json, OnboardingStack } from '../../../../test/support/onboarding.js';
import { WriteOfClosings } from './write-of-closings.js';

describe('the owners of a tenant that is going to be closed', () => {
  const outbox = mkdtempSync(join(tmpdir(), 'paloma-mail-'));
  let stack: OnboardingStack;
  beforeAll(async () => {
    stack = await OnboardingStack.start({ MAIL_OUTBOX_FOLDER: outbox });
    await stack.startWorker();
  });
  afterAll(async () => {
    await stack.stop();
    rmSync(outbox, { recursive: true });
  });

  const sql = (text: string, ...values: unknown[]) => stack.database.owner.query(text, values);
  const closesAt = new Date(Date.UTC(new Date().getUTCFullYear() + 1, 2, 9, 15, 30));
  const lettersTo = (to: string): Json[] =>
    readdirSync(outbox)
      .filter((name) => name.endsWith('.json'))
      .sort()
      .map((name) => JSON.parse(readFileSync(join(outbox, name), 'utf8')))
      .filter((letter) => letter.to === to && !/onfirm/.test(letter.subject));

  async function merchant(country: string) {
    const shop = await stack.merchant();
    await sql('UPDATE tenants SET country = $2 WHERE tenant_id = $1', shop.tenantId, country);
    await sql('UPDATE tenant_users SET email_confirmed_at = now() WHERE tenant_id = $1', shop.tenantId);
    return shop;
  }
  const begin = async (tenantId: string) => {
    await sql(`UPDATE tenants SET status = 'closing', closes_at = $2 WHERE tenant_id = $1`, tenantId, closesAt);
    await sql(
      `INSERT INTO closings (tenant_id, closing_id, state, stood, asked_by, asked_at, closes_at, due_at)
       VALUES ($1, gen_random_uuid(), 'grace', 'active', 'staff:a@b.example', now(), $2, $2)`,
      tenantId,
      closesAt,
    );
  };
  const undo = (tenantId: string) =>
    sql(`UPDATE closings SET state = 'undone', undone_at = now() WHERE tenant_id = $1`, tenantId);

  /** As several workers do. */
  const lookTogether = () => Promise.all([1, 2, 3, 4].map(() => stack.inWorker(WriteOfClosings).look()));

  it.each([
    ['MX', 'cerrar', 'de marzo de', 'sigue abierta'],
    ['BR', 'encerrada', 'de março de', 'continua aberta'],
    ['DE', 'closed', 'March 9', 'stays open'],
  ])(
    'get a letter, once, in the language of %s, with the day and the way to their data, and one when it is undone',
    async (country, closed, day, stays) => {
      const { tenantId, email } = await merchant(country);
      await begin(tenantId);
      await lookTogether();
      const [letter] = await eventually(async () => {
        const found = lettersTo(email);
        return found.length > 0 && found;
      }, 60_000);
      expect(letter?.subject).toContain(closed);
      expect(letter?.subject).toContain('Sample Shop');
      expect(letter?.text).toContain(day);
      expect(letter?.text).toContain(`${stack.environment.GATEWAY_PUBLIC_URL}/api/v1/exports`);

      await undo(tenantId);
      await lookTogether();
      await eventually(async () => lettersTo(email).some((l) => l.subject.includes(stays)), 60_000);
      expect(lettersTo(email)).toHaveLength(2);
    },
  );

  it('are not written to where nobody has proven the address, nor of what was undone before they heard of it', async () => {
    const [unproven, quick] = [await merchant('MX'), await merchant('MX')];
    await sql('UPDATE tenant_users SET email_confirmed_at = NULL WHERE tenant_id = $1', unproven.tenantId);
    await sql(
      `INSERT INTO closings (tenant_id, closing_id, state, stood, asked_by, asked_at, closes_at, due_at, undone_at)
       VALUES ($1, gen_random_uuid(), 'undone', 'active', 'staff:a@b.example', now(), $2, $2, now())`,
      quick.tenantId,
      closesAt,
    );
    await begin(unproven.tenantId);
    await stack.inWorker(WriteOfClosings).look();
    const { rows } = await sql(
      `SELECT closings.written_of, (SELECT count(*)::int FROM letters l WHERE l.tenant_id = closings.tenant_id) AS letters
         FROM closings WHERE tenant_id = ANY ($1) ORDER BY written_of NULLS LAST`,
      [unproven.tenantId, quick.tenantId],
    );
    // Each has the letter that asks for its address to be confirmed.
    expect(rows).toEqual([
      { written_of: 'grace', letters: 1 },
      { written_of: null, letters: 1 },
    ]);
  });
});
