import type { Bench } from '../harness/bench-stack.js';
import type { Group } from '../harness/group.js';
import { load, type Request } from '../harness/load.js';
import type { BenchMerchant } from '../harness/merchants.js';
import { sendBody, sendHeaders } from '../harness/requests.js';
import { measure } from '../harness/rounds.js';

const CONNECTIONS = 64;
const ESTIMATES = {
  prices: { utility: { '*': '0.0085' }, service: { '*': '0.0085' } },
  freeService: '0',
  numbersWithAllowance: [],
};

/** Accepting templates of a tenant whose wallet holds for each of them, beside a tenant without a wallet. */
export const walletHolds: Group = {
  name: 'wallet-holds',
  beyondLimits: true,
  run: async (bench, { rounds, share, say }) => {
    const [rich, plain] = await bench.make(2, 1);
    if (!rich || !plain) throw new Error('no merchants');
    await openWallet(bench, rich);
    await bench.only('gateway');
    const sending =
      (merchant: BenchMerchant) =>
      (n: number): Request => ({
        path: `/v24.0/${merchant.numbers[0].metaPhoneNumberId}/messages`,
        headers: sendHeaders(merchant),
        body: sendBody('template', n),
      });
    say('wallet-holds …');
    const lines = await measure(
      {
        name: 'accept with a wallet hold',
        size: 6_000,
        run: (size) => load(bench.gateway, CONNECTIONS, size, sending(rich)),
        baselines: [
          { name: 'no wallet', goal: 0.9, run: (size) => load(bench.gateway, CONNECTIONS, size, sending(plain)) },
        ],
      },
      rounds,
      share,
    );
    const { rows } = await bench.db.query('SELECT count(*)::int AS n FROM wallet_holds WHERE tenant_id = $1', [
      rich.tenantId,
    ]);
    if (rows[0].n === 0) throw new Error('nothing was held');
    await bench.clear();
    await bench.db.query('TRUNCATE wallet_holds');
    return lines;
  },
};

async function openWallet({ db }: Bench, { tenantId }: BenchMerchant): Promise<void> {
  await db.query(
    `INSERT INTO wallets (tenant_id, currency, balance, created_at) VALUES ($1, 'USD', 1000000000, now())`,
    [tenantId],
  );
  await db.query(
    `INSERT INTO wallet_estimates (tenant_id, waba_id, prices, made_at)
     SELECT tenant_id, waba_id, $2, now() FROM wabas WHERE tenant_id = $1`,
    [tenantId, JSON.stringify(ESTIMATES)],
  );
}
