import { Inject, Injectable } from '@nestjs/common';
import { CLOCK, type Clock } from '#libs/clock';
import { Inbound } from '#libs/inbound';
import { Coalescer, Database } from '#libs/persistence';
import { type ServiceWindow, windowAt } from '#libs/service-window';

const REMEMBER_AT_MOST = 50_000;

type Asked = { phoneNumberId: string; customer: string };

/** Answers whether a customer's window is open; an open one is remembered, because it only ever moves later. */
@Injectable()
export class ServiceWindows {
  private readonly open = new Map<string, Date>();
  /** Questions of the moment share a transaction, tenant by tenant: most messages ask, and each asks once. */
  private readonly asking = new Map<string, Coalescer<Asked, Date | undefined>>();

  constructor(
    private readonly db: Database,
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
    const last = await this.asker(tenantId).add({ phoneNumberId, customer });
    const window = windowAt(last, now);
    if (window.open && last) {
      if (this.open.size >= REMEMBER_AT_MOST) this.open.clear();
      this.open.set(key, last);
    }
    return window;
  }

  private asker(tenantId: string): Coalescer<Asked, Date | undefined> {
    let asker = this.asking.get(tenantId);
    if (!asker) {
      asker = new Coalescer<Asked, Date | undefined>(
        (asked) => this.db.inTenant(tenantId, (tx) => this.inbound.lastUserMessagesAt(tx, tenantId, asked)),
        { batch: 500, inFlight: 1 },
      );
      this.asking.set(tenantId, asker);
    }
    return asker;
  }
}
