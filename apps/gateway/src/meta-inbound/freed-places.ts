import { Inject, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { CLOCK, type Clock } from '#libs/clock';
import { Database } from '#libs/persistence';
import { Periodic } from '#libs/queues';
import { scopeOf, TierReservation, type TierScope } from '#libs/tier-reservation';
import { Wabas } from '#libs/wabas';

/** A message that counted against the messaging limit and reached nobody. */
export interface Freed {
  phoneNumberId: string;
  customer: string;
}

const LOOK_EVERY_MS = 10_000;
/** A dispatcher takes a place and claims the message for it within moments; older places are those of claimed messages. */
const CLAIMED_WITHIN_MS = 60_000;
/** Beyond that places stay taken for their day, which is never too many messages, at times too few. */
const REMEMBERED_AT_MOST = 50_000;

/**
 * Gives back places of the messaging limit of messages that failed after Meta had taken them: Meta counts what was delivered
 * (messaging limits page of 2025-11-26). It waits until the place can be nobody else's; what a killed process remembered
 * stays taken for its day.
 */
@Injectable()
export class FreedPlaces implements OnApplicationBootstrap {
  private readonly waiting = new Map<string, Freed & { tenantId: string; at: Date }>();

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

  /** Call it once PostgreSQL knows that the messages failed. */
  note(tenantId: string, freed: readonly Freed[]): void {
    const at = this.clock.now();
    for (const one of freed) {
      if (this.waiting.size >= REMEMBERED_AT_MOST) return;
      this.waiting.set(`${one.phoneNumberId} ${one.customer}`, { ...one, tenantId, at });
    }
  }

  /** Gives back what was noted long enough ago. */
  async look(now = this.clock.now()): Promise<void> {
    const takenBefore = new Date(now.getTime() - CLAIMED_WITHIN_MS);
    const ripe = [...this.waiting].filter(([, { at }]) => at <= takenBefore);
    const numbers = new Map(ripe.map(([, { phoneNumberId, tenantId }]) => [phoneNumberId, tenantId]));
    for (const [phoneNumberId, tenantId] of numbers) {
      const places = ripe.filter(([, place]) => place.phoneNumberId === phoneNumberId);
      const scope = await this.scopeOf(tenantId, phoneNumberId, now);
      const customers = places.map(([, { customer }]) => customer);
      if (scope) await this.tier.releaseTaken(scope, customers, takenBefore, now);
      for (const [key] of places) this.waiting.delete(key);
    }
  }

  private scopeOf(tenantId: string, phoneNumberId: string, now: Date): Promise<TierScope | undefined> {
    return this.db.inTenant(tenantId, async (tx) => {
      const number = await this.wabas.phoneNumber(tx, tenantId, { phoneNumberId });
      const waba = number && (await this.wabas.waba(tx, tenantId, { wabaId: number.wabaId }));
      const portfolio = waba && (await this.wabas.portfolio(tx, tenantId, waba.portfolioId));
      return portfolio ? scopeOf(portfolio, now) : undefined;
    });
  }
}
