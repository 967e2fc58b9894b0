import { Inject, Injectable } from '@nestjs/common';
import type { Logger } from 'pino';
import { CLOCK, type Clock } from '#libs/clock';
import { Refusal } from '#libs/http';
import { newId } from '#libs/ids';
import { isSignedBy } from '#libs/meta-cloud';
import { LOGGER } from '#libs/observability';
import { PROVIDER_TENANT, refusedTheData } from '#libs/persistence';
import { MetaApp } from '#libs/provider-settings';
import { Wake } from '#libs/queues';
import { InboundTraffic } from '../channels/inbound-traffic.js';
import { fieldOf, type MetaChange, routesOf, routeText } from './changes-of.js';
import { fieldsOf, listOf, textOf } from './fields.js';
import { MetaEvents, type ReceivedEvent } from './meta-events.js';
import { type ReadChange, readWebhook } from './read-webhook.js';
import { RouteDirectory } from './route-directory.js';

/** Takes in a webhook of Meta's: what is answered 200 is committed, and what is refused leaves no trace but a log line. */
@Injectable()
export class ReceiveWebhook {
  constructor(
    private readonly events: MetaEvents,
    private readonly directory: RouteDirectory,
    private readonly wake: Wake,
    private readonly traffic: InboundTraffic,
    private readonly metaApp: MetaApp,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /**
   * @param body      the bytes as they came; Meta signs these and no other form of them
   * @param signature `X-Hub-Signature-256`
   * @throws Refusal 401 without a signature of one of our app secrets; anything else only where it could not be committed
   */
  async receive(body: Buffer, signature: string | undefined): Promise<void> {
    if (!isSignedBy(body, signature, this.metaApp.appSecrets)) {
      throw Refusal.unauthenticated('X-Hub-Signature-256 is missing, or not that of these bytes with our app secret.');
    }
    await this.keep(readWebhook(body));
  }

  /**
   * Commits changes that are known to be authentic, in their order, and wakes who applies them.
   *
   * @param place where all of them belong, whatever they say: for changes of somebody who speaks for one number alone.
   *   Without it each is Meta's own, and its ids lead to its tenant
   */
  async keep(changes: readonly ReadChange[], place?: Place): Promise<void> {
    // Ids of one millisecond are in no order; sorted, they keep the order of the changes.
    const now = this.clock.now();
    const ids = changes.map(() => newId(now)).sort();
    const stored = await Promise.all(changes.map((change, i) => this.store(change, place, ids[i] as string, now)));
    for (const { change } of changes) if (change) this.countIn(change);
    for (const { tenantId, route } of onePerRoute(stored)) {
      if (tenantId !== PROVIDER_TENANT) void this.wake.lane('gateway.intake', { tenantId, route });
    }
  }

  private countIn(change: MetaChange): void {
    const value = fieldsOf(change.value);
    const messages = listOf(value.messages).length;
    const number = textOf(fieldsOf(value.metadata).phone_number_id);
    if (messages > 0 && number) this.traffic.saw(number, messages);
  }

  private async store(read: ReadChange, place: Place | undefined, eventId: string, now: Date): Promise<Addressed> {
    const { tenantId, route } = place ?? (await this.placeOf(read));
    const event = { tenantId, eventId, route, field: fieldOf(read.change ?? {}) };
    if ('raw' in read) return this.keepRaw(event, read.raw, read.why, now);
    try {
      await this.events.store({ ...event, body: read.body });
      return event;
    } catch (error) {
      if (!refusedTheData(error)) throw error;
      return this.keepRaw(event, Buffer.from(read.body), (error as Error).message, now);
    }
  }

  private async placeOf({ change }: ReadChange): Promise<Place> {
    const ids = change ? routesOf(change) : [];
    return (await this.directory.find(ids)) ?? { tenantId: PROVIDER_TENANT, route: routeText(ids[0]) };
  }

  /** What cannot be stored as JSON is kept as it came and parked, in sight of staff. */
  private async keepRaw(event: Addressed, raw: Buffer, why: string, now: Date): Promise<Addressed> {
    this.logger.error({ ...event, bytes: raw.length, why }, 'what came cannot be read; it is parked');
    await this.events.storeRaw({ ...event, raw, note: `kept as bytes: ${why}` }, now);
    return event;
  }
}

type Addressed = Omit<ReceivedEvent, 'body'>;
type Place = Pick<ReceivedEvent, 'tenantId' | 'route'>;

const onePerRoute = (events: readonly Addressed[]): Iterable<Addressed> =>
  new Map(events.map((e) => [e.route, e])).values();
