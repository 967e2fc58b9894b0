import { ManualClock } from '#libs/clock';
import { newId } from '#libs/ids';
import type { Tx } from '#libs/persistence';
import { eventually } from '../../../test/support/app.js';
import { cloneDatabase, connect, type TestDatabase } from '../../../test/support/database.js';
import type { Charge } from './charge.js';
import { move, UnbalancedEntryError } from './journal.js';
import { Ledger } from './ledger.js';
import { messageEntryId } from './message-entries.js';
import { bookingDay, Periods } from './periods.js';

const NOW = new Date('2026-11-22T12:00:00.123Z');

describe('the ledger', () => {
  const ledger = new Ledger(new ManualClock(NOW));
  const [tenant, other, waba, number] = [newId(NOW), newId(NOW), newId(NOW), newId(NOW)];
  let database: TestDatabase;
  let connection: Awaited<ReturnType<typeof connect>>;
  beforeAll(async () => {
    database = await cloneDatabase();
    connection = await connect(database.appUrl);
  });
  afterAll(async () => {
    await connection.close();
    await database.drop();
  });

  const asTenant = <T>(work: (tx: Tx) => Promise<T>) => connection.db.inTenant(tenant, work);
  const charge = (messageId: string, more: Partial<Charge> = {}): Charge => ({
    messageId,
    side: 'cost',
    wabaId: waba,
    phoneNumberId: number,
    market: 'Mexico',
    category: 'utility',
    quantity: 1,
    unitPrice: '0.0085',
    amount: '0.0085',
    currency: 'USD',
    rule: 'pmp/regular',
    freeReason: null,
    plan: null,
    card: { date: '2026-10-01', currency: 'USD', tier: 0 },
    billedAt: NOW,
    localDay: '2026-11-22',
    revision: 0,
    bookedOn: null,
    ...more,
  });
  const bothSides = (messageId: string, more: Partial<Charge> = {}): [Charge, Charge] => [
    charge(messageId, more),
    charge(messageId, { ...more, side: 'price', plan: 'pass_through/1' }),
  ];
  const totals = async () =>
    (
      await database.owner.query(
        'SELECT (SELECT count(*) FROM charges)::int AS charges, count(*)::int AS postings FROM postings',
      )
    ).rows[0];

  it('corrects a charge by taking it back beside it: the old rows stay, and the difference counts on its own day', async () => {
    const messageId = newId(NOW);
    const why = { memo: 'wrong category', bookedOn: '2026-12-03' };
    const right = bothSides(messageId, { category: 'marketing', unitPrice: '0.0397', amount: '0.0397' });
    const correct = async () => (await asTenant((tx) => ledger.correct(tx, tenant, [right], why))).messageIds;
    expect(await correct()).toEqual([]);
    await asTenant((tx) => ledger.charge(tx, tenant, bothSides(messageId)));
    expect(await correct()).toEqual([messageId]);
    expect(await correct()).toEqual([]);
    const rows = await asTenant((tx) => ledger.chargesOf(tx, tenant, messageId));
    expect(rows.filter((r) => r.side === 'price').map((r) => [r.revision, r.quantity, r.amount, r.bookedOn])).toEqual([
      [0, 1, '0.0085', null],
      [1, -1, '-0.0085', '2026-12-03'],
      [2, 1, '0.0397', '2026-12-03'],
    ]);
    const december = await asTenant((tx) =>
      ledger.chargeGroups(tx, tenant, 'price', { from: '2026-12-01', to: '2026-12-31' }),
    );
    expect(december.map((g) => [g.category, g.quantity, g.amount])).toEqual([
      ['marketing', 1, '0.0397'],
      ['utility', -1, '-0.0085'],
    ]);
    const owed = await database.owner.query(
      `SELECT sum(p.amount)::text AS owed FROM postings p JOIN journal_entries e USING (tenant_id, entry_id)
        WHERE e.message_id = $1 AND p.account = 'receivable'`,
      [messageId],
    );
    expect(owed.rows).toEqual([{ owed: '0.0397' }]);
  });

  it('corrects a charge where it was paid from, also when the tenant has a wallet by now', async () => {
    const [owed, paid] = [newId(NOW), newId(NOW)];
    await asTenant((tx) => ledger.charge(tx, tenant, bothSides(owed)));
    await asTenant((tx) => ledger.charge(tx, tenant, bothSides(paid), 'USD'));
    const right = (messageId: string) => bothSides(messageId, { unitPrice: '0.0080', amount: '0.0080' });
    const why = { memo: 'price was copied wrongly', bookedOn: '2026-12-03' };
    const corrected = await asTenant((tx) => ledger.correct(tx, tenant, [right(owed), right(paid)], why, 'USD'));
    expect(corrected).toEqual({ messageIds: [owed, paid].sort(), toWallet: '0.0005' });
    const { rows } = await database.owner.query(
      `SELECT e.message_id, p.account, sum(p.amount)::text AS sum FROM postings p JOIN journal_entries e USING (tenant_id, entry_id)
        WHERE e.message_id = ANY ($1) AND p.account IN ('wallet', 'receivable') GROUP BY 1, 2`,
      [[owed, paid]],
    );
    expect(rows).toEqual(
      expect.arrayContaining([
        { message_id: owed, account: 'receivable', sum: '0.0080' },
        { message_id: paid, account: 'wallet', sum: '0.0080' },
      ]),
    );
    expect(rows).toHaveLength(2);
  });

  it('takes nothing in a closed month, whoever writes; what comes late is booked in the next', async () => {
    const periods = new Periods(new ManualClock(NOW));
    await asTenant((tx) => periods.close(tx, tenant, '2026-09', 'finance@provider.example'));
    await asTenant((tx) => periods.close(tx, tenant, '2026-10', 'finance@provider.example'));
    await asTenant((tx) => periods.close(tx, tenant, '2026-10', 'somebody else'));
    const list = await asTenant((tx) => periods.list(tx, tenant));
    expect(list.map((p) => [p.month, p.closedBy])).toEqual([
      ['2026-10', 'finance@provider.example'],
      ['2026-09', 'finance@provider.example'],
    ]);
    const through = await asTenant((tx) => periods.closedThrough(tx, tenant));
    const late = bothSides(newId(NOW), { localDay: '2026-10-31' });
    await expect(asTenant((tx) => ledger.charge(tx, tenant, late))).rejects.toThrow('closed');
    expect(['2026-10-31', '2026-11-01'].map((day) => bookingDay(day, through))).toEqual(['2026-11-01', '2026-11-01']);
    const booked = late.map((c) => ({ ...c, bookedOn: bookingDay(c.localDay, through) }));
    await asTenant((tx) => ledger.charge(tx, tenant, booked));
    await expect(database.owner.query('DELETE FROM ledger_periods')).rejects.toThrow('append-only');
  });

  it('closes a month only when nobody is booking in it', async () => {
    const periods = new Periods(new ManualClock(NOW));
    const [third, slow] = [newId(NOW), newId(NOW)];
    const done: string[] = [];
    await connection.db.inTenant(third, async (tx) => {
      await ledger.charge(tx, third, bothSides(slow));
      const closing = connection.db
        .inTenant(third, (second) => periods.close(second, third, '2026-11', 'x'))
        .then(() => done.push('closed'));
      await eventually(async () => {
        const { rows } = await database.owner.query(
          `SELECT 1 FROM pg_locks l JOIN pg_database d ON d.oid = l.database
            WHERE d.datname = current_database() AND locktype = 'advisory' AND NOT granted`,
        );
        return rows.length > 0;
      });
      done.push('booked');
      setImmediate(() => closing.catch(() => undefined));
    });
    await eventually(async () => done.length === 2);
    expect(done).toEqual(['booked', 'closed']);
  });

  it('books cost and price of a message once, however often it is told', async () => {
    const messageId = newId(NOW);
    expect(await asTenant((tx) => ledger.charge(tx, tenant, bothSides(messageId)))).toEqual(new Set([messageId]));
    const before = await totals();
    expect(await asTenant((tx) => ledger.charge(tx, tenant, bothSides(messageId)))).toEqual(new Set());
    const dearer = bothSides(messageId, { unitPrice: '9', amount: '9' });
    expect(await asTenant((tx) => ledger.charge(tx, tenant, dearer))).toEqual(new Set());
    expect(await totals()).toEqual(before);

    expect(await asTenant((tx) => ledger.chargesOf(tx, tenant, messageId))).toEqual(bothSides(messageId));
    const entry = await asTenant((tx) => ledger.entry(tx, tenant, messageEntryId(charge(messageId))));
    expect(entry).toMatchObject({ kind: 'message', messageId, bookedOn: '2026-11-22', postedAt: NOW });
    expect(entry?.postings).toEqual([
      { account: 'cost_of_sales_meta', amount: '0.0085', currency: 'USD' },
      { account: 'payable_meta', amount: '-0.0085', currency: 'USD' },
      { account: 'receivable', amount: '0.0085', currency: 'USD' },
      { account: 'revenue_messages', amount: '-0.0085', currency: 'USD' },
    ]);
  });

  it('keeps a free message as a charge of 0 with its reason, and books nothing for it', async () => {
    const messageId = newId(NOW);
    const free = { unitPrice: '0', amount: '0', card: null, freeReason: 'service_allowance', category: 'service' };
    await asTenant((tx) => ledger.charge(tx, tenant, bothSides(messageId, free)));
    expect(await asTenant((tx) => ledger.chargesOf(tx, tenant, messageId))).toEqual(bothSides(messageId, free));
    expect(await asTenant((tx) => ledger.entry(tx, tenant, messageEntryId(charge(messageId))))).toBeUndefined();
  });

  it('takes an entry back once by its opposite, which leaves both in the books', async () => {
    const messageId = newId(NOW);
    await asTenant((tx) => ledger.charge(tx, tenant, bothSides(messageId, { currency: 'EUR' })));
    const id = messageEntryId(charge(messageId));
    const why = { memo: 'Credit of November', bookedOn: '2026-12-01' };
    const reversal = await asTenant((tx) => ledger.reverse(tx, tenant, id, why));
    expect(await asTenant((tx) => ledger.reverse(tx, tenant, id, why))).toBe(reversal);
    const balances = await asTenant((tx) => ledger.balances(tx, tenant));
    expect(balances.filter((b) => b.currency === 'EUR').map((b) => Number(b.balance))).toEqual([0, 0, 0, 0]);
    expect(await asTenant((tx) => ledger.entry(tx, tenant, reversal ?? ''))).toMatchObject({ reverses: id, ...why });
    expect(await asTenant((tx) => ledger.reverse(tx, tenant, newId(NOW), why))).toBeUndefined();
  });

  it('refuses an entry that does not add up before the database has to', async () => {
    const postings = [...move('1', 'USD', 'receivable', 'revenue_messages')].slice(0, 1);
    const entry = { entryId: newId(NOW), kind: 'message', messageId: null, bookedOn: '2026-11-22', postings } as const;
    const before = await totals();
    await expect(asTenant((tx) => ledger.post(tx, tenant, [entry]))).rejects.toThrow(UnbalancedEntryError);
    expect(await totals()).toEqual(before);
  });

  describe('in the database', () => {
    const insertEntry = (tx: Tx, entryId: string) =>
      tx.query(
        `INSERT INTO journal_entries (tenant_id, entry_id, kind, booked_on, posted_at)
         VALUES ($1, $2, 'message', '2026-11-22', now())`,
        [tenant, entryId],
      );
    const insertPosting = (tx: Tx, entryId: string, line: number, amount: string, currency = 'USD') =>
      tx.query('INSERT INTO postings VALUES ($1, $2, $3, $4, $5, $6)', [
        tenant,
        entryId,
        line,
        'receivable',
        amount,
        currency,
      ]);

    it.each<[string, [string, string][]]>([
      [
        'is off by the last place',
        [
          ['0.0085', 'USD'],
          ['-0.0084', 'USD'],
        ],
      ],
      [
        'adds up only across currencies',
        [
          ['1', 'USD'],
          ['-1', 'EUR'],
        ],
      ],
      ['has no postings', []],
    ])('an entry that %s is refused at commit', async (_, postings) => {
      const entryId = newId(NOW);
      const attempt = asTenant(async (tx) => {
        await insertEntry(tx, entryId);
        for (const [i, [amount, currency]] of postings.entries())
          await insertPosting(tx, entryId, i + 1, amount, currency);
      });
      await expect(attempt).rejects.toThrow('is not balanced');
    });

    it('a posting cannot stand without its entry', async () => {
      await expect(asTenant((tx) => insertPosting(tx, newId(NOW), 1, '1'))).rejects.toThrow('no journal entry');
    });

    it('a posting cannot be added to an entry that is already balanced', async () => {
      const entryId = newId(NOW);
      const postings = move('1', 'USD', 'receivable', 'revenue_messages');
      const entry = { entryId, kind: 'message', messageId: null, bookedOn: '2026-11-22', postings } as const;
      await asTenant((tx) => ledger.post(tx, tenant, [entry]));
      await expect(asTenant((tx) => insertPosting(tx, entryId, 3, '1'))).rejects.toThrow('is not balanced');
    });

    const TABLES = ['charges', 'journal_entries', 'postings', 'rates'];
    it.each(TABLES)(
      'rows of %s are neither changed nor deleted, not even by the owner of the tables',
      async (table) => {
        await asTenant((tx) => ledger.charge(tx, tenant, bothSides(newId(NOW))));
        await database.owner.query(`INSERT INTO rates VALUES ('2026-10-01', 'USD', 'Mexico', 'utility', 0.0085, 'message',
                                  'copy', 'test') ON CONFLICT DO NOTHING`);
        const column = table === 'rates' ? 'note = note' : 'tenant_id = tenant_id';
        for (const statement of [
          `UPDATE ${table} SET ${column}`,
          `DELETE FROM ${table}`,
          `TRUNCATE ${table} CASCADE`,
        ]) {
          await expect(asTenant((tx) => tx.query(statement))).rejects.toThrow(/permission denied|append-only/);
          await expect(database.owner.query(statement)).rejects.toThrow('append-only');
        }
      },
    );

    it('no month of charges can be emptied by itself, not even one that is still to come', async () => {
      await database.owner.query(`SELECT paloma_partition_ahead('2031-05-01')`);
      const { rows } = await database.owner.query(
        `SELECT inhrelid::regclass::text AS name FROM pg_inherits WHERE inhparent = 'charges'::regclass`,
      );
      const partitions = rows.map((row) => row.name as string);
      expect(partitions).toEqual(expect.arrayContaining(['charges_default', 'charges_2031_05']));
      for (const partition of partitions) {
        await expect(database.owner.query(`TRUNCATE ${partition}`)).rejects.toThrow('append-only');
      }
    });

    it.each(['charges', 'journal_entries', 'postings'])(
      'another tenant sees no row of %s and can add none',
      async (table) => {
        await asTenant((tx) => ledger.charge(tx, tenant, bothSides(newId(NOW))));
        const [seen] = await connection.db.inTenant(other, (tx) => tx.query(`SELECT count(*)::int AS n FROM ${table}`));
        expect(seen.n).toBe(0);
        const [own] = await asTenant((tx) => tx.query(`SELECT count(*)::int AS n FROM ${table}`));
        expect(own.n).toBeGreaterThan(0);
        const forged = connection.db.inTenant(other, (tx) => ledger.charge(tx, tenant, bothSides(newId(NOW))));
        await expect(forged).rejects.toThrow('row-level security');
      },
    );
  });
});
