import { Injectable } from '@nestjs/common';
import type { Contact } from '#libs/contacts';
import type { Tx } from '#libs/persistence';
import { Wabas } from '#libs/wabas';
import { addressOf } from '../contacts/address-of.js';
import { quietUntil, zoneOfCustomer } from '../send-time.js';
import type { StoredAutomation } from './automations.js';

/** Tells whether a customer is not to be disturbed by an automation, on its own clocks. */
@Injectable()
export class CustomerNight {
  constructor(private readonly wabas: Wabas) {}

  /** @returns when the quiet hours end; undefined outside them, and for an automation that has none */
  async endsAt(
    tx: Tx,
    tenantId: string,
    { definition: { quietHours }, phoneNumberId }: StoredAutomation,
    { attributes, identifiers }: Contact,
    now: Date,
  ): Promise<Date | undefined> {
    if (!quietHours) return undefined;
    const number = phoneNumberId ? await this.wabas.phoneNumber(tx, tenantId, { phoneNumberId }) : undefined;
    const waba = number && (await this.wabas.waba(tx, tenantId, { wabaId: number.wabaId }));
    const address = addressOf(identifiers);
    const customer = {
      told: attributes.time_zone,
      number: address && 'to' in address ? address.to.replace(/\D/g, '') : undefined,
      home: waba?.timezone ?? 'UTC',
    };
    return quietUntil(quietHours, zoneOfCustomer(customer, now.toISOString().slice(0, 10)), now);
  }
}
