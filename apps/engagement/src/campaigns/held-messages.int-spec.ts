import { eventually } from '../../../../test/support/app.js';
import { CampaignStage } from '../../../../test/support/campaign-stage.js';
import type { Merchant } from '../../../../test/support/gateway.js';

const stage = new CampaignStage();
const PATIENCE_MS = 60_000;

beforeAll(() => stage.start());
afterAll(() => stage.stop());
beforeEach(() => {
  stage.graph.answer = () => stage.graph.taken();
});

const owner = () => stage.database.owner;
/** Messages of a campaign by their status. */
const messages = async (id: string): Promise<Record<string, number>> => {
  const { rows } = await owner().query(
    `SELECT status, count(*)::int AS n FROM messages WHERE client_data = 'campaign:' || $1::text GROUP BY status`,
    [id],
  );
  return Object.fromEntries(rows.map((r: { status: string; n: number }) => [r.status, r.n]));
};
const becomes = (id: string, wanted: Record<string, number>) =>
  eventually(async () => JSON.stringify(await messages(id)) === JSON.stringify(wanted), PATIENCE_MS);
/** Campaigns of so many recipients whose messages are all held: Meta refuses them because it paused the template. */
const held = async (shop: Merchant, ...sizes: number[]): Promise<string[]> => {
  const ids: string[] = [];
  for (const size of sizes) ids.push(await stage.drafted(shop, size, { retries: 3 }));
  await stage.whileHeld(shop, async () => {
    for (const id of ids) await stage.call(shop, 'POST', `/campaigns/${id}/launch`);
    for (const [i, id] of ids.entries()) await becomes(id, { accepted: sizes[i] as number });
    stage.graph.answer = () => stage.graph.refused(132015);
  });
  for (const [i, id] of ids.entries()) await becomes(id, { parked: sizes[i] as number });
  await followed(shop);
  stage.graph.answer = () => stage.graph.taken();
  stage.graph.calls.length = 0;
  return ids;
};
/** Meta sends the template again. */
const unpause = (shop: Merchant) =>
  owner().query(`UPDATE templates SET status = 'approved', status_at = now() WHERE tenant_id = $1`, [shop.tenantId]);
/** All news of its messages is taken in. */
const followed = (shop: Merchant) =>
  eventually(async () => {
    const { rowCount } = await owner().query('SELECT FROM campaign_news WHERE tenant_id = $1', [shop.tenantId]);
    return rowCount === 0;
  }, PATIENCE_MS);
/** Whatever was put off for a day is due. */
const aDayLater = async (id: string) => {
  await owner().query(`UPDATE campaign_recipients SET send_after = now() WHERE campaign_id = $1`, [id]);
  await owner().query('UPDATE campaign_numbers SET due_at = now() WHERE campaign_id = $1', [id]);
};

describe('messages of a campaign that wait for their template', () => {
  it('go out when it is back, one for each recipient, also a day later', async () => {
    const shop = await stage.merchant();
    const [id] = (await held(shop, 8)) as [string];
    expect((await stage.see(shop, id)).progress).toMatchObject({ accepted: 8, failed: 0, waiting: 0 });
    await unpause(shop);
    await becomes(id, { submitted: 8 });
    await followed(shop);
    await aDayLater(id);
    // Looked at again, and with nobody left to send to.
    await eventually(async () => {
      const due = 'SELECT FROM campaign_numbers WHERE campaign_id = $1 AND due_at IS NOT NULL';
      return (await owner().query(due, [id])).rowCount === 0;
    }, PATIENCE_MS);
    await becomes(id, { submitted: 8 });
    const sent = stage.sentFrom(shop.metaPhoneNumberId);
    expect([sent.length, new Set(sent).size]).toEqual([8, 8]);
  }, 180_000);

  it('are taken back when it is cancelled, and never go out', async () => {
    const shop = await stage.merchant();
    const [id, other] = (await held(shop, 8, 2)) as [string, string];
    expect((await stage.call(shop, 'POST', `/campaigns/${id}/cancel`)).body.state).toBe('cancelled');
    await becomes(id, { cancelled: 8 });
    const { progress } = await eventually(async () => {
      const seen = await stage.see(shop, id);
      return seen.progress.accepted === 0 && seen;
    }, PATIENCE_MS);
    expect(progress).toMatchObject({ audience: 8, accepted: 0, waiting: 8, failed: 0 });
    await unpause(shop);
    await becomes(other, { submitted: 2 });
    expect(await messages(id)).toEqual({ cancelled: 8 });
    expect(stage.sentFrom(shop.metaPhoneNumberId)).toHaveLength(2);
    await followed(shop);
    expect((await stage.see(shop, id)).progress).toMatchObject({ accepted: 0, waiting: 8, failed: 0 });
  }, 180_000);

  it('are taken back also where whoever handed them over was killed before it heard of them', async () => {
    const shop = await stage.merchant();
    const [id] = (await held(shop, 3)) as [string];
    await owner().query(`UPDATE campaign_recipients SET state = 'sending' WHERE campaign_id = $1`, [id]);
    await owner().query(`UPDATE campaign_counts SET n = 0 WHERE campaign_id = $1 AND what = 'accepted'`, [id]);
    await stage.call(shop, 'POST', `/campaigns/${id}/cancel`);
    await becomes(id, { cancelled: 3 });
    await followed(shop);
    expect((await stage.see(shop, id)).progress).toMatchObject({ accepted: 0, waiting: 3, failed: 0 });
  }, 180_000);
});
