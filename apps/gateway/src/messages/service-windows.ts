import { Inject, Injectable } from '@nestjs/common';
import { CLOCK, type Clock } from '#libs/clock';
import { type ServiceWindow, windowAt } from '#libs/service-window';
import { CustomerQuestions } from './customer-questions.js';

const REMEMBER_AT_MOST = 50_000;

/** Answers whether a customer's window is open; an open one is remembered, because it only ever moves later. */
@Injectable()
export class ServiceWindows {
  private readonly open = new Map<string, Date>();

  constructor(
    private readonly questions: CustomerQuestions,
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
    const last = await this.questions.lastHeard({ tenantId, phoneNumberId, customer });
    const window = windowAt(last, now);
    if (window.open && last) {
      if (this.open.size >= REMEMBER_AT_MOST) this.open.clear();
      this.open.set(key, last);
    }
    return window;
  }
}
