import { DataSource } from 'typeorm';
import { SystemClock } from '#libs/clock';
import { useEnvironment } from '#libs/config';
import type { OutgoingMessage } from '#libs/gateway-client';
import { Database } from '#libs/persistence';
import { TenantEvents } from '#libs/tenant-events';
import { Audiences } from '../../apps/engagement/src/campaigns/audiences.js';
import { type CampaignPlan, STOP_WHEN_FAILING } from '../../apps/engagement/src/campaigns/campaign.js';
import { CampaignCounts } from '../../apps/engagement/src/campaigns/campaign-counts.js';
import { Campaigns } from '../../apps/engagement/src/campaigns/campaigns.js';
import { ClickCodes } from '../../apps/engagement/src/campaigns/click-codes.js';
import { FreezeAudience } from '../../apps/engagement/src/campaigns/freeze-audience.js';
import { HandOver } from '../../apps/engagement/src/campaigns/hand-over.js';
import { Recipients } from '../../apps/engagement/src/campaigns/recipients.js';
import type { Group } from '../harness/group.js';

const RECIPIENTS = 1_000_000;
const MOST_MB = 20;

/** A million recipients frozen and handed to a gateway that takes all at once: the engagement app's own part, in this process. */
export const campaignMillion: Group = {
  name: 'campaign-million',
  beyondLimits: true,
  onRequest: true,
  run: async (bench, { share, say }) => {
    const [merchant] = await bench.make(1, 1);
    if (!merchant) throw new Error('no merchant');
    await bench.only();
    useEnvironment(bench.environment);
    const size = Math.round(RECIPIENTS * share);
    say(`campaign-million, ${size.toLocaleString('en')} recipients …`);
    const { tenantId } = merchant;
    const [{ phoneNumberId, metaPhoneNumberId }] = merchant.numbers;
    const { rows } = await bench.db.query('SELECT waba_id, template_id FROM templates WHERE tenant_id = $1', [
      tenantId,
    ]);
    const source = await new DataSource({
      type: 'postgres',
      url: bench.environment.DATABASE_URL as string,
      poolSize: 4,
      installExtensions: false,
    }).initialize();
    try {
      const [clock, db, counts] = [new SystemClock(), new Database(source), new CampaignCounts()];
      const [campaigns, recipients] = [new Campaigns(new TenantEvents(clock), clock), new Recipients(counts)];
      const wabas = {
        phoneNumber: async () => ({ metaPhoneNumberId, throughputLevel: 'HIGH' }),
        waba: async () => ({ timezone: 'UTC' }),
      };
      const takesAll = {
        send: async (_: string, __: string, messages: OutgoingMessage[]) => messages.map(({ id }) => ({ id })),
      };
      const outbox = { waiting: async () => ({ 1: 0, 2: 0 }) };
      const audiences = new Audiences(undefined as never);
      const freeze = new FreezeAudience(db, campaigns, counts, audiences, wabas as never, clock);
      const handOver = new HandOver(
        db,
        campaigns,
        recipients,
        undefined as never,
        undefined as never,
        wabas as never,
        outbox as never,
        takesAll as never,
        new ClickCodes(),
        clock,
      );
      const components = [{ type: 'body', parameters: [{ type: 'text', text: 'Hi {{name|friend}}' }] }];
      const { waba_id: wabaId, template_id: templateId } = rows[0];
      const named = { templateId, template: 'order_update', language: 'en_US', category: 'utility' };
      const plan: CampaignPlan = {
        variants: [{ name: 'A', ...named, components, weight: 1 }],
        phoneNumberIds: [phoneNumberId],
        schedule: {},
        stopWhenFailing: STOP_WHEN_FAILING,
        retries: 0,
      };
      const campaign = await db.inTenant(tenantId, async (tx) => {
        const drafted = { wabaId, name: 'A million', plan, audience: { kind: 'list' as const }, madeBy: 'bench' };
        const made = await campaigns.create(tx, tenantId, drafted);
        await campaigns.nameNumbers(tx, made);
        return made;
      });
      const { campaignId } = campaign;
      await bench.db.query(
        `INSERT INTO campaign_recipients (tenant_id, campaign_id, line, customer, attributes, state)
         SELECT $1, $2, n::text, n::text, jsonb_build_object('name', 'Customer ' || n), 'listed'
           FROM generate_series(5215510000000, 5215510000000 + $3::bigint - 1) n`,
        [tenantId, campaignId, size],
      );
      await db.inTenant(tenantId, (tx) => campaigns.move(tx, tenantId, campaignId, 'freezing'));

      let held: number[] = [];
      const watch = setInterval(() => held.push(process.memoryUsage().rss / 1_048_576), 100);
      const began = performance.now();
      while ((await freeze.freezeNext(tenantId, campaignId)) === 'more');
      const frozen = performance.now();
      // The two are different work: whether memory grows with the audience shows where each message passes through.
      const freezingMb = Math.max(...held);
      held = [];
      while ((await handOver.next({ tenantId, campaignId, phoneNumberId })) !== undefined);
      const ended = performance.now();
      clearInterval(watch);
      const accepted = await db.inTenant(tenantId, (tx) => counts.of(tx, tenantId, [campaignId]));
      const taken = accepted.find((c) => c.what === 'accepted')?.n;
      if (taken !== size) throw new Error(`${taken} of ${size} were handed over`);

      const half = Math.ceil(held.length / 2);
      const grew = Math.max(...held.slice(half)) - Math.max(...held.slice(0, half));
      const [freezes, hands] = [size / ((frozen - began) / 1_000), size / ((ended - frozen) / 1_000)];
      const perSecond = (n: number) => `${Math.round(n).toLocaleString('en')}/s`;
      return [
        {
          figure: 'a campaign to a million',
          measured: `frozen ${perSecond(freezes)}, handed over ${perSecond(hands)}, its second half ${grew.toFixed(0)} MB above the first`,
          baseline: '',
          ratio: '',
          goal: `second half ≤ ${MOST_MB} MB above`,
          met: grew <= MOST_MB,
          data: { size, freezes, hands, grewMb: grew, freezingMb, mostMb: Math.max(...held) },
        },
      ];
    } finally {
      await source.destroy();
    }
  },
};
