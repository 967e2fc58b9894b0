import { ManualClock } from '#libs/clock';
import { type OutgoingMessage } from '#libs/gateway-client';
import { newId } from '#libs/ids';
import { Outbox } from '#libs/outbox';
import { TenantEvents } from '#libs/tenant-events';
import { cloneDatabase, connect, type TestDatabase } from '../../../../test/support/database.js';
import { foundNumber } from '../../../../test/support/numbers.js';
import { type CampaignPlan, STOP_WHEN_FAILING } from './campaign.js';
import { CampaignCounts } from './campaign-counts.js';
import { Campaigns } from './campaigns.js';
import { HandOver } from './hand-over.js';
import { Recipients } from './recipients.js';

const NOON = new Date('2026-11-22T12:00:00.000Z');
const HOUR_AGO = new Date(NOON.getTime() - 3_600_000);

describe('a batch of a campaign whose worker died an hour ago', () => {
  let database: TestDatabase;
  let connection: Awaited<ReturnType<typeof connect>>;

  beforeAll(async () => {
    database = await cloneDatabase();
    // As when all other connections of the worker are at work: a lane has one, and may not wait for another.
    connection = await connect(database.appUrl, [], { poolSize: 1, connectTimeoutMS: 2_000 });
  });
  afterAll(async () => {
    await connection.close();
    await database.drop();
  });

  it('is settled over the one connection that its lane has: who was stored before gets nothing more', async () => {
    const { tenantId, wabaId, phoneNumberId, metaPhoneNumberId } = await foundNumber(database, 'shop');
    const { db } = connection;
    const clock = new ManualClock(NOON);
    const campaigns = new Campaigns(new TenantEvents(clock), clock);
    const outbox = new Outbox(db, clock);
    const asked: OutgoingMessage[] = [];
    const gateway = {
      send: async (_: string, __: string, messages: OutgoingMessage[]) => {
        asked.push(...messages);
        return messages.map(({ id }) => ({ id, ref: `wamid.${id}` }));
      },
    };
    const handOver = new HandOver(
      db,
      campaigns,
      new Recipients(new CampaignCounts()),
      undefined as never,
      undefined as never,
      { phoneNumber: async () => ({ metaPhoneNumberId, throughputLevel: 'STANDARD' }) } as never,
      outbox,
      gateway as never,
      undefined as never,
      clock,
    );
    const variant = { name: 'A', templateId: newId(NOON), template: 'sale', language: 'en_US', category: 'marketing' };
    const plan: CampaignPlan = {
      variants: [{ ...variant, components: [], weight: 1 }],
      phoneNumberIds: [phoneNumberId],
      schedule: {},
      stopWhenFailing: STOP_WHEN_FAILING,
      retries: 0,
    };
    const { campaignId } = await db.inTenant(tenantId, async (tx) => {
      const drafted = { wabaId, name: 'Sale', plan, audience: { kind: 'list' as const }, madeBy: 'test' };
      const made = await campaigns.create(tx, tenantId, drafted);
      await campaigns.nameNumbers(tx, made);
      await campaigns.setDue(tx, made, NOON);
      return made;
    });
    const [stored, lost] = [newId(HOUR_AGO), newId(HOUR_AGO)];
    const { owner } = database;
    await owner.query(`UPDATE campaigns SET state = 'running' WHERE tenant_id = $1`, [tenantId]);
    await owner.query(
      `INSERT INTO campaign_recipients (tenant_id, campaign_id, line, customer, attributes, state, phone_number_id, message_id)
       SELECT $1, $2, line, line, '{}', 'sending', $3, id
         FROM unnest(ARRAY['16505550001', '16505550002'], $4::uuid[]) AS r(line, id)`,
      [tenantId, campaignId, phoneNumberId, [stored, lost]],
    );
    await outbox.acceptNamed(tenantId, [
      {
        tenantId,
        phoneNumberId,
        messageId: stored,
        recipient: '16505550001',
        type: 'template',
        payload: '{}',
        lane: 2,
        inWindow: false,
        expiresAt: new Date(NOON.getTime() + 86_400_000),
      },
    ]);

    await handOver.next({ tenantId, campaignId, phoneNumberId });

    expect(asked.map(({ body }) => body.to)).toEqual(['+16505550002']);
    expect(asked.map(({ id }) => id)).not.toContain(lost);
    const { rows } = await owner.query('SELECT line, state FROM campaign_recipients WHERE tenant_id = $1 ORDER BY 1', [
      tenantId,
    ]);
    expect(rows).toEqual([
      { line: '16505550001', state: 'accepted' },
      { line: '16505550002', state: 'accepted' },
    ]);
  });
});
