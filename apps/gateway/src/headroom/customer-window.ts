import { Inject, Injectable } from '@nestjs/common';
import { CLOCK, type Clock } from '#libs/clock';
import { Inbound } from '#libs/inbound';
import { Outbox } from '#libs/outbox';
import { Database, type Tx } from '#libs/persistence';
import { freeEntryAt, windowAt } from '#libs/service-window';
import type { Channel } from '../channels/channels.js';
import type { CustomerWindowResponse, FreeEntryResponse } from './headroom.response.js';

const HOUR_MS = 3_600_000;
/** No free entry point that began longer ago than a day for the answer and seven days can still be open. */
const LOOK_BACK_MS = 8 * 24 * HOUR_MS;

/** Says in which windows a customer stands with a number. */
@Injectable()
export class CustomerWindow {
  constructor(
    private readonly db: Database,
    private readonly inbound: Inbound,
    private readonly outbox: Outbox,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** @param customer digits of the number, business-scoped user id, or group id */
  of(channel: Channel, customer: string): Promise<CustomerWindowResponse> {
    const { number } = channel;
    const { tenantId, phoneNumberId } = number;
    const now = this.clock.now();
    return this.db.inTenant(tenantId, async (tx) => {
      const last = await this.inbound.lastUserMessageAt(tx, tenantId, phoneNumberId, customer);
      const window = windowAt(last, now);
      const entry = last ? await this.freeEntryOf(tx, channel, customer, now) : null;
      return {
        phone_number_id: number.metaPhoneNumberId,
        customer,
        open: window.open,
        ends_at: window.endsAt?.toISOString() ?? null,
        last_user_message_at: last?.toISOString() ?? null,
        kind: entry?.open ? 'free_entry_point' : window.open ? 'customer_service' : 'none',
        free_entry_point: entry,
      };
    });
  }

  private async freeEntryOf(
    tx: Tx,
    { number, waba }: Channel,
    customer: string,
    now: Date,
  ): Promise<FreeEntryResponse | null> {
    const { tenantId, phoneNumberId } = number;
    const since = new Date(now.getTime() - LOOK_BACK_MS);
    const enteredAt = await this.inbound.lastReferralAt(tx, tenantId, { phoneNumberId, customer }, since);
    if (!enteredAt) return null;
    const entry = freeEntryAt(dayIn(waba.timezone, enteredAt), enteredAt);
    if (!entry) return null;
    const answeredAt = await this.outbox.firstDeliveredAt(
      tx,
      tenantId,
      { phoneNumberId, recipient: customer },
      { from: enteredAt, until: entry.answerBy },
    );
    const endsAt = answeredAt && entry.endsAt(answeredAt);
    return {
      entered_at: enteredAt.toISOString(),
      answered_at: answeredAt?.toISOString() ?? null,
      open: endsAt !== undefined && now < endsAt,
      ends_at: endsAt?.toISOString() ?? null,
      certain: entry.certain,
    };
  }
}

/** The day `YYYY-MM-DD` in an IANA zone. */
const dayIn = (timeZone: string, at: Date): string =>
  new Intl.DateTimeFormat('en-CA', { timeZone, year: 'numeric', month: '2-digit', day: '2-digit' }).format(at);
