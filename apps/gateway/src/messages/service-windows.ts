import { Inject, Injectable } from '@nestjs/common';
import { CLOCK, type Clock } from '#libs/clock';
import { Inbound, type Pair } from '#libs/inbound';
import { Coalescer } from '#libs/persistence';
import { type ServiceWindow, windowAt } from '#libs/service-window';

const REMEMBER_AT_MOST = 50_000;

/** Answers whether a customer's window is open; an open one is remembered, because it only ever moves later. */
@Injectable()
export class ServiceWindows {
  private readonly open = new Map<string, Date>();
  /** Questions of the moment share a statement: most messages ask, and each asks once. */
  private readonly asking = new Coalescer<Pair, Date | undefined>((pairs) => this.inbound.lastHeard(pairs));

  constructor(
    private readonly inbound: Inbound,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** @param customer digits of the number, business-scoped user id, or group id */
  async of(tenantId: string, phoneNumberId: string, customer: string): Promise<ServiceWindow> {
    const key = `${phoneNumberId} ${customer}`;
    const lastKnown = this.open.get(key);
    const now = this.clock.now();
    if (lastKnown) {
      const window = windowAt(lastKnown, now);
      if (window.open) return window;
      this.open.delete(key);
    }
    const last = await this.asking.add({ tenantId, phoneNumberId, customer });
    const window = windowAt(last, now);
    if (window.open && last) {
      if (this.open.size >= REMEMBER_AT_MOST) this.open.clear();
      this.open.set(key, last);
    }
    return window;
  }
}
