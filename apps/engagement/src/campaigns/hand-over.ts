import { Inject, Injectable } from '@nestjs/common';
import { CLOCK, type Clock } from '#libs/clock';
import { GatewayClient, type OutgoingMessage } from '#libs/gateway-client';
import { newId, timeOfId } from '#libs/ids';
import { Outbox, recipientsIn } from '#libs/outbox';
import { Database, type Tx } from '#libs/persistence';
import { ServiceRefused, ServiceUnreachable } from '#libs/service-calls';
import { Wabas } from '#libs/wabas';
import { addressed } from '../contacts/address-of.js';
import { quietUntil } from '../send-time.js';
import { afterRefusal, MOST_TRIES, retryDelayMs } from './after-refusal.js';
import type { Campaign } from './campaign.js';
import type { PauseCause } from './campaign-state.js';
import { Campaigns } from './campaigns.js';
import { ClickCodes } from './click-codes.js';
import { MissingAttribute, personal } from './personal-parameters.js';
import { reasonToPause } from './reason-to-pause.js';
import { type Handed, type Recipient, Recipients } from './recipients.js';
import { Stand } from './stand.js';
import { TakeBack } from './take-back.js';
import { replaceLinks } from './tracked-links.js';

/** Messages of one call to the gateway. */
export const BATCH = 500;
/**
 * Younger than this an id may still be stored by a call that was not answered, so it is used again. By then no such call is
 * under way any more, and the outbox says whether it was stored. The gateway takes ids of an hour.
 */
const SETTLED_AFTER_MS = 30 * 60_000;
/** Messages that may wait in the outbox of a number: about five seconds of what it sends, so a pause is felt at once. */
const WAITING_AT_MOST = { HIGH: 5_000, other: 500 } as const;
const OUTBOX_FULL_MS = 500;
const UNREACHABLE_MS = 2_000;
const WAIT_MS = 60_000;
/** Room may come before it was foretold: Meta raises a limit, or a customer counts elsewhere. So the door is asked again. */
const LONGEST_WAIT_MS = 5 * 60_000;

export interface CampaignLane {
  tenantId: string;
  campaignId: string;
  phoneNumberId: string;
}

interface Taken {
  campaign: Campaign;
  metaPhoneNumberId: string;
  recipients: (Recipient & { messageId: string })[];
  /** Who needs no call: no parameters, or stored before. */
  settled: Handed[];
  /** When the throttle lets the number go on. */
  nextAt: Date;
}

type Pause = { cause: PauseCause; detail: string };

/**
 * Hands a campaign's next messages to the gateway, one number and one batch at a time. The ids are committed before the call, and
 * a recipient keeps its id until the outbox says that nothing is stored under it: whoever dies in between, and wherever, each
 * recipient gets at most one message.
 */
@Injectable()
export class HandOver {
  constructor(
    private readonly db: Database,
    private readonly campaigns: Campaigns,
    private readonly recipients: Recipients,
    private readonly stand: Stand,
    private readonly takeBack: TakeBack,
    private readonly wabas: Wabas,
    private readonly outbox: Outbox,
    private readonly gateway: GatewayClient,
    private readonly codes: ClickCodes,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** @returns how many milliseconds from now the lane has more to do; undefined when nothing is left or the campaign rests */
  async next(lane: CampaignLane): Promise<number | undefined> {
    const taken = await this.db.inTenant(lane.tenantId, (tx) => this.take(tx, lane));
    if (taken === 'cancelled') return this.takeBack.all(lane);
    if (typeof taken !== 'object') return taken;
    if (!('campaign' in taken)) {
      await this.db.inTenant(lane.tenantId, (tx) => this.pause(tx, lane, taken));
      return undefined;
    }
    const { handed, pause, waitMs } = await this.send(lane, taken);
    return this.db.inTenant(lane.tenantId, async (tx) => {
      await this.recipients.handed(tx, lane, [...taken.settled, ...handed]);
      if (pause) return void (await this.pause(tx, lane, pause));
      const next = await this.recipients.nextDue(tx, lane);
      if (!next && waitMs === undefined) return this.finish(tx, lane);
      // Paused or cancelled meanwhile: when it is due was said then.
      if ((await this.campaigns.find(tx, lane.tenantId, lane.campaignId, 'share'))?.state !== 'running') return 0;
      const now = this.clock.now();
      const at = new Date(Math.max(taken.nextAt.getTime(), next?.getTime() ?? 0, now.getTime() + (waitMs ?? 0)));
      await this.campaigns.setDue(tx, lane, at, lane.phoneNumberId);
      return Math.max(0, at.getTime() - now.getTime());
    });
  }

  /** Takes the next recipients, with their ids committed; or says why to pause, or in how many milliseconds to look again. */
  private async take(tx: Tx, lane: CampaignLane): Promise<Taken | Pause | 'cancelled' | number | undefined> {
    const { tenantId, campaignId, phoneNumberId } = lane;
    const campaign = await this.campaigns.find(tx, tenantId, campaignId, 'share');
    if (campaign?.state === 'cancelled') return 'cancelled';
    if (campaign?.state !== 'running') {
      await this.campaigns.setDue(tx, lane, null, phoneNumberId);
      return undefined;
    }
    const now = this.clock.now();
    const dueAt = await this.campaigns.numberDue(tx, tenantId, campaignId, phoneNumberId);
    if (!dueAt) return undefined;
    if (dueAt > now) return dueAt.getTime() - now.getTime();
    const { standing, plan } = campaign;
    const pause = standing && reasonToPause(standing, await this.stand.now(tx, campaign), plan.stopWhenFailing);
    if (pause) return pause;
    const number = await this.wabas.phoneNumber(tx, tenantId, { phoneNumberId });
    if (!number) return { cause: 'number', detail: 'The number is not there any more.' };
    const most = WAITING_AT_MOST[number.throughputLevel === 'HIGH' ? 'HIGH' : 'other'];
    const waiting = await this.outbox.waiting(tx, tenantId, phoneNumberId);
    const { size, nextAt } = pace(campaign, Math.min(BATCH, most - waiting[1] - waiting[2]), now);
    if (size <= 0) return OUTBOX_FULL_MS;
    const left = await this.recipients.unanswered(tx, lane, BATCH);
    const due =
      left.length > 0
        ? left
        : await this.awake(tx, lane, campaign, await this.recipients.due(tx, lane, now, size), now);
    const { recipients, settled } = await this.withIds(tx, lane, campaign, due, now);
    return { campaign, metaPhoneNumberId: number.metaPhoneNumberId, recipients, settled, nextAt };
  }

  /** Leaves out those for whom it is night, until it is not. */
  private async awake(
    tx: Tx,
    lane: CampaignLane,
    { plan }: Campaign,
    due: Recipient[],
    now: Date,
  ): Promise<Recipient[]> {
    const { quietHours } = plan;
    if (!quietHours) return due;
    const asleep = due.flatMap(({ line, zone }) => {
      const until = quietUntil(quietHours, zone ?? 'UTC', now);
      return until ? [{ line, until }] : [];
    });
    await this.recipients.postpone(tx, lane, asleep);
    const lines = new Set(asleep.map((a) => a.line));
    return due.filter((r) => !lines.has(r.line));
  }

  private async withIds(
    tx: Tx,
    lane: CampaignLane,
    { plan }: Campaign,
    due: readonly Recipient[],
    now: Date,
  ): Promise<Pick<Taken, 'recipients' | 'settled'>> {
    const isOld = (id: string | null): id is string =>
      id !== null && Math.abs(now.getTime() - timeOfId(id).getTime()) > SETTLED_AFTER_MS;
    const stored = await recipientsIn(
      tx,
      lane.tenantId,
      due.flatMap(({ messageId }) => (isOld(messageId) ? [messageId] : [])),
    );
    const recipients: Taken['recipients'] = [];
    const settled: Handed[] = [];
    for (const recipient of due) {
      const { line, variant, messageId, attributes } = recipient;
      if (messageId !== null && stored.has(messageId)) settled.push({ line, variant, state: 'accepted' });
      else {
        const missing = missingIn(plan.variants[variant]?.components, attributes);
        if (missing) settled.push({ line, variant, state: 'refused', cause: `attribute_missing:${missing}` });
        else
          recipients.push({ ...recipient, messageId: messageId === null || isOld(messageId) ? newId(now) : messageId });
      }
    }
    await this.recipients.handing(tx, lane, recipients);
    return { recipients, settled };
  }

  /** Asks the gateway. Who is not answered for stays `sending`, and is asked for again under the same id. */
  private async send(
    lane: CampaignLane,
    { campaign, metaPhoneNumberId, recipients }: Taken,
  ): Promise<{ handed: Handed[]; pause?: Pause; waitMs?: number }> {
    if (recipients.length === 0) return { handed: [] };
    let outcomes: Awaited<ReturnType<GatewayClient['send']>>;
    try {
      const messages = recipients.map((r) => messageTo(r, campaign, this.codes));
      outcomes = await this.gateway.send(lane.tenantId, metaPhoneNumberId, messages);
    } catch (error) {
      if (error instanceof ServiceUnreachable) return { handed: [], waitMs: UNREACHABLE_MS };
      if (!(error instanceof ServiceRefused)) throw error;
      const after = afterRefusal(error.code);
      return {
        handed: [],
        pause: { cause: after.follows === 'pause' ? after.cause : 'number', detail: error.message },
      };
    }
    const now = this.clock.now();
    const byId = new Map(recipients.map((r) => [r.messageId, r]));
    const handed: Handed[] = [];
    let pause: Pause | undefined;
    let waitMs: number | undefined;
    for (const outcome of outcomes) {
      const { line, variant, tries } = byId.get(outcome.id) as Recipient;
      if (!('refusal' in outcome)) {
        handed.push({ line, variant, state: 'accepted' });
        continue;
      }
      const { reason, details, retry_after: retryAfter } = outcome.refusal;
      const after = afterRefusal(reason);
      if (after.follows === 'give_up' || (after.follows === 'try_again' && tries + 1 >= MOST_TRIES)) {
        handed.push({ line, variant, state: 'refused', cause: reason });
      } else if (after.follows === 'try_again') {
        const sendAfter = new Date(now.getTime() + retryDelayMs(tries));
        handed.push({ line, variant, state: 'waiting', tried: true, sendAfter });
      } else {
        handed.push({ line, variant, state: 'waiting' });
        if (after.follows === 'pause') pause ??= { cause: after.cause, detail: details ?? reason };
        else
          waitMs = Math.max(
            waitMs ?? 0,
            Math.min(LONGEST_WAIT_MS, retryAfter === undefined ? WAIT_MS : retryAfter * 1_000),
          );
      }
    }
    return { handed, ...(pause ? { pause } : {}), ...(waitMs === undefined ? {} : { waitMs }) };
  }

  private async pause(tx: Tx, { tenantId, campaignId }: CampaignLane, why: Pause): Promise<void> {
    await this.campaigns.move(tx, tenantId, campaignId, 'paused', why);
  }

  /** The lanes of a campaign finish one after the other, so the last one sees that it is the last. */
  private async finish(tx: Tx, lane: CampaignLane): Promise<0 | undefined> {
    const { tenantId, campaignId } = lane;
    const campaign = await this.campaigns.find(tx, tenantId, campaignId, 'update');
    if (campaign?.state !== 'running') return 0;
    await this.campaigns.setDue(tx, lane, null, lane.phoneNumberId);
    if (!(await this.recipients.anyLeft(tx, lane))) await this.campaigns.move(tx, tenantId, campaignId, 'finished');
    return undefined;
  }
}

/** How many may go now, and when the next ones may, under a throttle that all numbers of the campaign share. */
function pace({ plan }: Campaign, most: number, now: Date): { size: number; nextAt: Date } {
  if (!plan.perMinute) return { size: most, nextAt: now };
  const aMinute = plan.perMinute / plan.phoneNumberIds.length;
  // At least one at a time, and not more than a few seconds' worth at once.
  const size = Math.min(most, Math.max(1, Math.ceil(aMinute / 12)));
  return { size, nextAt: new Date(now.getTime() + (Math.max(0, size) * 60_000) / aMinute) };
}

function missingIn(components: unknown, attributes: Record<string, unknown>): string | undefined {
  try {
    personal(components, attributes);
    return undefined;
  } catch (error) {
    if (error instanceof MissingAttribute) return error.attribute;
    throw error;
  }
}

function messageTo(
  { customer, attributes, variant, messageId }: Taken['recipients'][0],
  { tenantId, campaignId, plan }: Campaign,
  codes: ClickCodes,
): OutgoingMessage {
  const { template: name, language, components } = plan.variants[variant] as Campaign['plan']['variants'][0];
  const shortened = plan.trackClicks
    ? replaceLinks(components, (_, nth, place) => {
        const code = codes.of({ tenantId, messageId, nth });
        return place === 'button' ? code : codes.base + code;
      })
    : components;
  return {
    id: messageId,
    origin: { kind: 'campaign', id: campaignId },
    body: {
      ...addressed(customer),
      type: 'template',
      template: { name, language: { code: language }, components: personal(shortened, attributes) },
    },
  };
}
