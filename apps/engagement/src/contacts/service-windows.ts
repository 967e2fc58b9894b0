import { Inject, Injectable } from '@nestjs/common';
import { CLOCK, type Clock } from '#libs/clock';
import { customerKeysOf, type Identifier } from '#libs/contacts';
import { Inbound } from '#libs/inbound';
import type { Tx } from '#libs/persistence';
import { windowAt } from '#libs/service-window';
import { Wabas } from '#libs/wabas';

/** Whether a customer may be written to freely from one of the merchant's numbers. */
export interface NumberWindow {
  metaPhoneNumberId: string;
  displayPhoneNumber: string;
  open: boolean;
  endsAt: Date;
}

/** The service windows that a customer has opened, number by number. */
@Injectable()
export class ServiceWindows {
  constructor(
    private readonly inbound: Inbound,
    private readonly wabas: Wabas,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** @returns the merchant's numbers that the customer ever wrote to, under any of their identifiers */
  async of(tx: Tx, tenantId: string, identifiers: readonly Identifier[]): Promise<NumberWindow[]> {
    const windows: NumberWindow[] = [];
    for (const { phoneNumberId, metaPhoneNumberId, displayPhoneNumber } of await this.wabas.phoneNumbers(
      tx,
      tenantId,
    )) {
      const last = await this.lastHeard(tx, tenantId, phoneNumberId, identifiers);
      const { open, endsAt } = windowAt(last, this.clock.now());
      if (endsAt) windows.push({ metaPhoneNumberId, displayPhoneNumber, open, endsAt });
    }
    return windows;
  }

  private async lastHeard(
    tx: Tx,
    tenantId: string,
    phoneNumberId: string,
    identifiers: readonly Identifier[],
  ): Promise<Date | undefined> {
    let last: Date | undefined;
    for (const customer of customerKeysOf(identifiers)) {
      const at = await this.inbound.lastUserMessageAt(tx, tenantId, phoneNumberId, customer);
      if (at && (!last || at > last)) last = at;
    }
    return last;
  }
}
