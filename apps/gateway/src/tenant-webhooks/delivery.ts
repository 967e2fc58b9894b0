import { Inject, Injectable } from '@nestjs/common';
import { CLOCK, type Clock } from '#libs/clock';
import { Leases } from '#libs/leases';
import { Coalescer, Database, type Tx } from '#libs/persistence';
import { type Gathering, type Lanes, type Turn, Wake } from '#libs/queues';
import {
  type Attempt,
  type DueDelivery,
  TenantEvents,
  WebhookDeliveries,
  type WebhookEndpoint,
  WebhookEndpoints,
} from '#libs/tenant-events';
import { DELIVERY_POLICY, type DeliveryPolicy, jittered } from './delivery-policy.js';
import { headersOf } from './sign-post.js';
import { webhookDisabled } from './webhook-disabled.js';
import { WebhookPoster } from './webhook-poster.js';

const BATCH = 200;
const HELD_BY_ANOTHER_MS = 1_000;
/** So long the end of a post waits for others to be noted with it. */
const NOTE_AFTER_MS = 25;
/** So long posts gather at an endpoint that had no more of them, while it is at work. */
const GATHERING: Gathering = { times: 4, least: 0, most: 250 };

/**
 * Posts what waits for one endpoint. Posts about one customer go one after another in the order in which their events were
 * told; a failing one holds the later ones back for its first few attempts, after that they overtake it. An endpoint that
 * fails again and again rests, and a single post then tries whether it is back; after days of that it is switched off.
 */
@Injectable()
export class Delivery {
  constructor(
    private readonly db: Database,
    private readonly endpoints: WebhookEndpoints,
    private readonly deliveries: WebhookDeliveries,
    private readonly poster: WebhookPoster,
    private readonly events: TenantEvents,
    private readonly leases: Leases,
    private readonly wake: Wake,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(DELIVERY_POLICY) private readonly policy: DeliveryPolicy,
  ) {}

  /**
   * An endpoint that answers slowly is posted to for as long as its turn lasts: then others have their turn.
   *
   * @returns in how many milliseconds the endpoint has work again; undefined for not until it is woken
   */
  async drain({ tenantId, endpointId }: Lanes['gateway.deliver'], turn: Turn): Promise<number | undefined> {
    const again = await this.leases.hold(tenantId, `deliver:${endpointId}`, async (stillMine) => {
      const goesOn = () => stillMine() && !turn.isOver();
      while (goesOn()) {
        const [now, from] = [this.clock.now(), performance.now()];
        const { endpoint, due, nextDueAt } = await this.look(tenantId, endpointId, now);
        // Not with the time that the endpoint took: what comes next does not wait longer for a slow one.
        const tookMs = performance.now() - from;
        if (!endpoint?.enabled) return undefined;
        if (endpoint.restsUntil && endpoint.restsUntil > now) {
          return due.length > 0 || nextDueAt ? until(endpoint.restsUntil, now) : undefined;
        }
        if (due.length === 0) return nextDueAt && until(nextDueAt, now);
        await this.post(endpoint, chainsOf(due), goesOn);
        if (due.length < BATCH) await turn.rest(tookMs, GATHERING);
      }
      return turn.isOver() ? 0 : HELD_BY_ANOTHER_MS;
    });
    return again === 'held-by-another' ? HELD_BY_ANOTHER_MS : again;
  }

  private look(tenantId: string, endpointId: string, now: Date) {
    const looked = async (tx: Tx) => ({
      endpoint: await this.endpoints.find(tx, tenantId, endpointId),
      due: await this.deliveries.due(tx, tenantId, endpointId, {
        now,
        holdAttempts: this.policy.holdAttempts,
        limit: BATCH,
      }),
      nextDueAt: await this.deliveries.nextDueAt(tx, tenantId, endpointId, now),
    });
    return this.db.inTenant(tenantId, looked, 'kept');
  }

  /** Works through the chains, several at a time, until they end or the endpoint has failed too often in a row. */
  private async post(endpoint: WebhookEndpoint, chains: DueDelivery[][], goesOn: () => boolean): Promise<void> {
    const { tenantId, endpointId } = endpoint;
    const { breakAfter, holdAttempts, window } = this.policy;
    const secrets = this.endpoints.secretsOf(endpoint, this.clock.now());
    const custom = this.endpoints.headersOf(endpoint);
    // Posts do not wait until the one before is noted: what is lost between the two is posted once more, as tenants expect.
    const noting = new Coalescer<Attempt, undefined>(
      async (attempts) => {
        await this.db.inTenant(tenantId, (tx) => this.deliveries.note(tx, tenantId, endpointId, attempts), 'kept');
        return attempts.map(() => undefined);
      },
      { batch: BATCH, inFlight: 1, lingerMs: NOTE_AFTER_MS },
    );
    const noted: Promise<unknown>[] = [];
    const unnoted: unknown[] = [];
    let { failures } = endpoint;
    const tryOne = async (due: DueDelivery): Promise<boolean> => {
      const attempt = await this.attempt(endpoint, due, custom, secrets);
      failures = attempt.delivered ? 0 : failures + 1;
      noted.push(noting.add(attempt).catch((error) => unnoted.push(error)));
      return attempt.delivered;
    };
    const first = chains[0]?.[0];
    if (failures >= breakAfter && first) {
      // An endpoint that rested is tried with one post before all the others.
      await tryOne(first);
    } else {
      const queue = [...chains];
      const worker = async () => {
        for (let chain = queue.shift(); chain; chain = queue.shift()) {
          for (const due of chain) {
            if (!goesOn() || failures >= breakAfter || unnoted.length > 0) return;
            if (!(await tryOne(due)) && due.attempts + 1 < holdAttempts) break;
          }
        }
      };
      await Promise.all(Array.from({ length: window }, worker));
      // Posts that were in flight when it broke do not lengthen the rest.
      failures = Math.min(failures, breakAfter);
    }
    noting.hurry();
    await Promise.all(noted);
    if (unnoted.length > 0) throw unnoted[0];
    if (failures === endpoint.failures) return;
    const now = this.clock.now();
    const failingSince = failures === 0 ? null : endpoint.failures === 0 ? now : (endpoint.failingSince ?? now);
    const told = await this.db.inTenant(tenantId, async (tx) => {
      const health = { failures, failingSince, restsUntil: this.restAfter(failures) };
      await this.endpoints.noteHealth(tx, tenantId, endpointId, health);
      const hopeless = failingSince && now.getTime() - failingSince.getTime() >= this.policy.disableAfterMs;
      if (!hopeless || !(await this.endpoints.disableFailing(tx, tenantId, endpointId))) return [];
      return this.events.publish(tx, tenantId, webhookDisabled(endpoint, failingSince, now));
    });
    for (const other of told) void this.wake.lane('gateway.deliver', { tenantId, endpointId: other });
  }

  private restAfter(failures: number): Date | null {
    const { breakAfter, restsMs } = this.policy;
    if (failures < breakAfter) return null;
    const rest = restsMs[Math.min(failures - breakAfter, restsMs.length - 1)] ?? 0;
    return new Date(this.clock.now().getTime() + rest);
  }

  private async attempt(
    endpoint: WebhookEndpoint,
    due: DueDelivery,
    custom: Readonly<Record<string, string>>,
    secrets: readonly [string, ...string[]],
  ): Promise<Attempt> {
    const { eventId, body } = due;
    const headers = headersOf({ eventId, body, custom }, secrets, this.clock.now());
    const { httpStatus, error } = await this.poster.post(endpoint.url, body, headers);
    const at = this.clock.now();
    if (error === undefined && httpStatus !== undefined) return { eventId, delivered: true, httpStatus, at };
    const gap = this.policy.gapsMs[due.attempts];
    return {
      eventId,
      delivered: false,
      httpStatus,
      error: error ?? 'no answer',
      ...(gap === undefined
        ? {}
        : { nextAt: new Date(at.getTime() + jittered(gap, this.policy.jitter, Math.random())) }),
    };
  }
}

const until = (at: Date, now: Date): number => Math.max(1, at.getTime() - now.getTime());

/** One chain for each customer, in order. */
function chainsOf(due: readonly DueDelivery[]): DueDelivery[][] {
  const chains = new Map<string, DueDelivery[]>();
  for (const post of due) {
    const key = post.customer ?? '';
    const chain = chains.get(key);
    if (chain) chain.push(post);
    else chains.set(key, [post]);
  }
  return [...chains.values()];
}
