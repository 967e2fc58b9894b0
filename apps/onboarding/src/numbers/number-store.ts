import { Inject, Injectable } from '@nestjs/common';
import { CLOCK, type Clock } from '#libs/clock';
import type { Tx } from '#libs/persistence';
import { type PhoneNumber, type Waba, Wabas } from '#libs/wabas';
import { TellTenant } from '../events/tell-tenant.js';
import { NumberCare } from './number-care.entity.js';
import { type NumberState, stateSeen } from './number-state.js';

/** A number with what we know of its way. */
export interface KnownNumber {
  number: PhoneNumber;
  waba: Waba;
  care: NumberCare;
}

/** Reads and writes where numbers are on their way, in the caller's transaction; the one writer of number_care. */
@Injectable()
export class NumberStore {
  constructor(
    private readonly wabas: Wabas,
    private readonly tenant: TellTenant,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async list(tx: Tx, tenantId: string): Promise<KnownNumber[]> {
    const known: KnownNumber[] = [];
    for (const number of await this.wabas.phoneNumbers(tx, tenantId)) {
      const found = await this.known(tx, tenantId, number);
      if (found) known.push(found);
    }
    return known;
  }

  /** @param metaId Meta's id of the number */
  async find(tx: Tx, tenantId: string, metaId: string): Promise<KnownNumber | undefined> {
    const number = await this.wabas.phoneNumber(tx, tenantId, { metaPhoneNumberId: metaId });
    return number ? this.known(tx, tenantId, number) : undefined;
  }

  /** Begins the way of a number, also of one that was here before. */
  async begin(tx: Tx, number: PhoneNumber, as: Pick<NumberCare, 'state' | 'migrates'>): Promise<void> {
    await this.change(tx, this.fresh(number), as);
  }

  async change(tx: Tx, care: NumberCare, change: Partial<NumberCare>): Promise<void> {
    await tx.getRepository(NumberCare).save({ ...care, ...change, updatedAt: this.clock.now() });
  }

  /** Tells the tenant where a number is now. */
  async tell(tx: Tx, number: PhoneNumber, state: NumberState): Promise<void> {
    await this.tenant.tell(
      tx,
      number.tenantId,
      'number_update',
      { phone_number_id: number.metaPhoneNumberId, display_phone_number: number.displayPhoneNumber, state },
      { wabaId: number.wabaId, phoneNumberId: number.phoneNumberId },
    );
  }

  private async known(tx: Tx, tenantId: string, number: PhoneNumber): Promise<KnownNumber | undefined> {
    const { phoneNumberId, wabaId } = number;
    const waba = await this.wabas.waba(tx, tenantId, { wabaId });
    if (!waba) return undefined;
    const held = await tx.getRepository(NumberCare).findOneBy({ tenantId, phoneNumberId });
    const care = held ?? this.fresh(number);
    // A number may have become live, or have gone, by a signup, the Cloud API's own routes or Meta.
    return { number, waba, care: { ...care, state: stateSeen(held?.state, number) } };
  }

  private fresh(number: PhoneNumber): NumberCare {
    return {
      tenantId: number.tenantId,
      phoneNumberId: number.phoneNumberId,
      state: stateSeen(undefined, number),
      migrates: false,
      codesAsked: [],
      wrongCodes: 0,
      waits: {},
      updatedAt: this.clock.now(),
    };
  }
}
