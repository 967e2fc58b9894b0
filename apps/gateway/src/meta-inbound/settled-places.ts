import { Inject, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { CLOCK, type Clock } from '#libs/clock';
import { Database } from '#libs/persistence';
import { Periodic } from '#libs/queues';
import { TierReservation, type TierScope } from '#libs/tier-reservation';
import { Wabas } from '#libs/wabas';

/** What became of a message that counted against the messaging limit. */
export interface SettledPlace {
  phoneNumberId: string;
  customer: string;
  /** Meta's time of the delivery; undefined for one that failed and reached nobody. */
  deliveredAt: Date | undefined;
}

type Waiting = SettledPlace & { tenantId: string; at: Date };

const LOOK_EVERY_MS = 10_000;
/** A dispatcher takes a place and claims the message for it within moments; older places are those of claimed messages. */
const CLAIMED_WITHIN_MS = 60_000;
/**
 * Beyond that nothing is remembered: places of failed messages stay taken for their day, and those of delivered ones count
 * from the send.
 */
const REMEMBERED_AT_MOST = 50_000;

/**
 * Settles places of the messaging limit once Meta told what became of the messages: Meta counts what was delivered, from the
 * delivery (messaging limits page of 2025-11-26). Places of messages that failed after Meta had taken them are given back as
 * soon as they can be nobody else's; others count from the delivery. What a killed process remembered stays as it was.
 */
@Injectable()
export class SettledPlaces implements OnApplicationBootstrap {
  private readonly waiting = new Map<string, Waiting>();

  constructor(
    private readonly db: Database,
    private readonly wabas: Wabas,
    private readonly tier: TierReservation,
    private readonly periodic: Periodic,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  onApplicationBootstrap(): void {
    this.periodic.every('places of the messaging limit', LOOK_EVERY_MS, () => this.look());
  }

  /** Call it once PostgreSQL knows what became of the messages. */
  note(tenantId: string, settled: readonly SettledPlace[]): void {
    const at = this.clock.now();
    for (const one of settled) {
      if (this.waiting.size >= REMEMBERED_AT_MOST) return;
      const kind = one.deliveredAt ? 'delivered' : 'failed';
      this.waiting.set(`${kind} ${one.phoneNumberId} ${one.customer}`, { ...one, tenantId, at });
    }
  }

  /** Settles what was noted, failures long enough ago. */
  async look(now = this.clock.now()): Promise<void> {
    const takenBefore = new Date(now.getTime() - CLAIMED_WITHIN_MS);
    const ripe = [...this.waiting].filter(([, { at, deliveredAt }]) => deliveredAt !== undefined || at <= takenBefore);
    const numbers = new Map(ripe.map(([, { phoneNumberId, tenantId }]) => [phoneNumberId, tenantId]));
    for (const [phoneNumberId, tenantId] of numbers) {
      const places = ripe.filter(([, place]) => place.phoneNumberId === phoneNumberId);
      const scope = await this.scopeOf(tenantId, phoneNumberId, now);
      if (scope) {
        const delivered = places.flatMap(([, { customer, deliveredAt }]) =>
          deliveredAt ? [{ recipient: customer, at: deliveredAt }] : [],
        );
        const failed = places.flatMap(([, { customer, deliveredAt }]) => (deliveredAt ? [] : [customer]));
        await this.tier.confirm(scope, delivered, now);
        await this.tier.releaseTaken(scope, failed, takenBefore, now);
      }
      // One that was noted anew meanwhile waits for the next look.
      for (const [key, place] of places) if (this.waiting.get(key) === place) this.waiting.delete(key);
    }
  }

  private scopeOf(tenantId: string, phoneNumberId: string, now: Date): Promise<TierScope | undefined> {
    return this.db.inTenant(tenantId, async (tx) => {
      const number = await this.wabas.phoneNumber(tx, tenantId, { phoneNumberId });
      const waba = number && (await this.wabas.waba(tx, tenantId, { wabaId: number.wabaId }));
      const portfolio = waba && (await this.wabas.portfolio(tx, tenantId, waba.portfolioId));
      return portfolio ? this.tier.scopeOf({ number, portfolio }, now) : undefined;
    });
  }
}
