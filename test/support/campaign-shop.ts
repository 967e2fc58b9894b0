import pg from 'pg';
import { call as answered } from '../../tools/stack/api.js';
import { connectNumber, type Merchant, type MerchantPlan, seedMerchant } from '../../tools/stack/merchant.js';
import { eventually, http } from './app.js';
import { runningStack } from './stack.js';

/** What Meta's stand-in knows of a message that it took. */
export interface AtMeta {
  to: string;
  status: string;
}
/** A call for a message, as Meta's stand-in received it. */
export interface CallAtMeta {
  time: string;
  error_code?: number;
  body: { to: string };
}

/** A merchant of its own on the running stack: one account with several fast numbers, which share a messaging limit. */
export class CampaignShop {
  private readonly db = new pg.Client({ connectionString: runningStack().databaseUrl });

  /** The second in which Meta told a limit last. */
  private toldIn = 0;

  private constructor(
    private readonly merchant: Merchant,
    private readonly portfolioId: string,
    /** Meta's ids. */
    readonly numbers: readonly string[],
  ) {}

  static async open(name: string, numbers: number): Promise<CampaignShop> {
    const { onboarding, sandbox, gateway } = runningStack();
    const urls = { onboarding: onboarding.url, sandbox: sandbox.url, gateway: gateway.url };
    const reach = { urls, secrets: { ownerPassword: 'campaigns-of-the-tests-2026', staffPassword: '' } };
    const plan: MerchantPlan = {
      name,
      email: `${name.toLowerCase().replace(/\W+/g, '-')}@example.com`,
      country: 'MX',
      currency: 'USD',
      timezone: 'America/Mexico_City',
    };
    const merchant = await seedMerchant(reach, plan);
    const state = (await http('GET', `${urls.sandbox}/_sandbox/state`)).body;
    const { wabaId, owner, phoneNumberId } = merchant;
    const businessId = state.wabas.find((w: { id: string }) => w.id === wabaId).business_id;
    const session = await answered<{ access_token: string }>('POST', `${urls.onboarding}/api/v1/sessions`, {
      body: owner,
    });
    const all = [phoneNumberId];
    while (all.length < numbers) {
      const more = await connectNumber(reach, session.access_token, { ...plan, account: { businessId, wabaId } });
      all.push(more.phoneNumberId);
    }
    const shop = new CampaignShop(merchant, businessId, all);
    for (const number of all) await shop.control(`/phone_numbers/${number}`, { throughput: 'HIGH' });
    shop.toldIn = secondOf(Date.now());
    await shop.db.connect();
    return shop;
  }

  /** How many different customers the account may write to in a day, as Meta names it. */
  async limit(messaging_limit: string): Promise<void> {
    // An upgrade of a number tells the limit, too; of two limits that are told in one second the lower one counts.
    await eventually(async () => secondOf(Date.now()) > this.toldIn);
    this.toldIn = secondOf(Date.now());
    await this.control(`/portfolios/${this.portfolioId}`, { messaging_limit });
  }

  /** A call of the API of campaigns. */
  async call(method: string, path: string, body?: unknown) {
    const url = `${runningStack().engagement.url}/api/v1/campaigns${path}`;
    return (await http(method, url, { token: this.merchant.apiKey, body })).body;
  }

  /** The messages of a campaign by their state, and to whom it is not known whether they went: nobody sends these again. */
  async messages(campaignId: string): Promise<{ states: Record<string, number>; inDoubt: string[] }> {
    const { rows } = await this.db.query<{ status: string; n: number; in_doubt: string[] | null }>(
      `SELECT status, count(*)::int AS n, array_agg(recipient) FILTER (WHERE status IN ('unknown', 'parked')) AS in_doubt
         FROM messages WHERE tenant_id = $1 AND client_data = $2 GROUP BY status`,
      [this.merchant.id, `campaign:${campaignId}`],
    );
    return {
      states: Object.fromEntries(rows.map(({ status, n }) => [status, n])),
      inDoubt: rows.flatMap(({ in_doubt }) => in_doubt ?? []).sort(),
    };
  }

  /** Everything that Meta took from this shop. */
  async record(): Promise<AtMeta[]> {
    const of = (number: string) => this.seen<AtMeta>(`messages?limit=1000000&phone_number_id=${number}`);
    return (await Promise.all(this.numbers.map(of))).flat();
  }

  /** Every call for a message of one number, also those that were refused. */
  calls(number: string): Promise<CallAtMeta[]> {
    return this.seen<CallAtMeta>(`calls?limit=1000000&path=/${number}/messages`);
  }

  close(): Promise<void> {
    return this.db.end();
  }

  private async seen<T>(path: string): Promise<T[]> {
    return (await http('GET', `${runningStack().sandbox.url}/_sandbox/${path}`)).body.data;
  }

  private control(path: string, body: unknown): Promise<unknown> {
    return http('POST', `${runningStack().sandbox.url}/_sandbox${path}`, { body });
  }
}

const secondOf = (ms: number): number => Math.floor(ms / 1_000);
