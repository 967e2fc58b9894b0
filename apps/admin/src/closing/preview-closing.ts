import { GOES, type Rows, STAYS } from '#libs/closing';
import type { Tx } from '#libs/persistence';
import { countRows } from './count-rows.js';

/** What closing a tenant would do now. */
export interface ClosingPreview {
  /** Rows by table that go. */
  goes: Rows;
  /** Rows by table that stay, with the reason. */
  stays: { table: string; rows: number; why: string }[];
  files: { count: number; bytes: number };
  /** What leaves Meta: numbers by how they are shown. */
  numbers: { number: string; status: string }[];
  accounts: string[];
  /** Messages that were accepted and have not gone out; they run out. */
  messages_waiting: number;
  /** What is in the wallet is owed to the merchant; paying it back is for people. */
  wallet: { currency: string; balance: string } | null;
}

/** @param tx of staff */
export async function previewClosing(tx: Tx, tenantId: string): Promise<ClosingPreview> {
  const ask = async <Row>(sql: string): Promise<Row[]> => tx.query(sql, [tenantId]);
  const stays = await countRows(tx, tenantId, Object.keys(STAYS));
  const [files] = await ask<{ count: number; bytes: string }>(
    'SELECT count(*)::int AS count, coalesce(sum(file_size), 0) AS bytes FROM media_objects WHERE tenant_id = $1 AND stored',
  );
  const [waiting] = await ask<{ count: number }>(
    `SELECT count(*)::int AS count FROM messages WHERE tenant_id = $1 AND status = 'accepted'`,
  );
  const [wallet] = await ask<{ currency: string; balance: string }>(
    'SELECT currency, balance FROM wallets WHERE tenant_id = $1',
  );
  const accounts = await ask<{ name: string }>('SELECT name FROM wabas WHERE tenant_id = $1 ORDER BY waba_id');
  return {
    goes: await countRows(
      tx,
      tenantId,
      GOES.map((g) => g.table),
    ),
    stays: Object.entries(stays).map(([table, rows]) => ({ table, rows, why: STAYS[table]?.why ?? '' })),
    files: { count: files?.count ?? 0, bytes: Number(files?.bytes ?? 0) },
    numbers: await ask(
      `SELECT display_phone_number AS number, status FROM phone_numbers
        WHERE tenant_id = $1 AND status <> 'DELETED' ORDER BY phone_number_id`,
    ),
    accounts: accounts.map((a) => a.name),
    messages_waiting: waiting?.count ?? 0,
    wallet: wallet ?? null,
  };
}
