import { Injectable } from '@nestjs/common';
import { Database, type Tx } from '#libs/persistence';
import { type PhoneNumber, type Portfolio, type Waba, Wabas } from '#libs/wabas';
import { Remembered } from './remembered.js';

/** A number with what it takes to send from it. */
export interface Channel {
  number: PhoneNumber;
  waba: Waba;
  portfolio: Portfolio;
  /** The business token in clear; undefined while Meta gives us no access. */
  token: string | undefined;
}

export const isLive = (channel: Channel): boolean =>
  channel.number.status === 'CONNECTED' && channel.token !== undefined;

// So long may a process act on a number as it was; Meta refuses what it must, and a live number rarely changes.
const REMEMBER_MS = 2_000;

/** Finds numbers and accounts of a tenant, by Meta's ids (as clients know them) or by ours. */
@Injectable()
export class Channels {
  // Only what can send is remembered: what is being connected should send from its first moment on.
  private readonly channels = new Remembered<Channel>(REMEMBER_MS, isLive);

  constructor(
    private readonly db: Database,
    private readonly wabas: Wabas,
  ) {}

  /** @returns undefined for a number that does not exist, and just so for one of another tenant */
  byMetaId(tenantId: string, metaPhoneNumberId: string): Promise<Channel | undefined> {
    return this.channels.get(`meta ${tenantId} ${metaPhoneNumberId}`, () =>
      this.db.inTenant(tenantId, (tx) => this.load(tx, tenantId, { metaPhoneNumberId })),
    );
  }

  byId(tenantId: string, phoneNumberId: string): Promise<Channel | undefined> {
    return this.channels.get(`ours ${tenantId} ${phoneNumberId}`, () =>
      this.db.inTenant(tenantId, (tx) => this.load(tx, tenantId, { phoneNumberId })),
    );
  }

  private async load(
    tx: Tx,
    tenantId: string,
    by: { metaPhoneNumberId: string } | { phoneNumberId: string },
  ): Promise<Channel | undefined> {
    const number = await this.wabas.phoneNumber(tx, tenantId, by);
    const waba = number && (await this.wabas.waba(tx, tenantId, { wabaId: number.wabaId }));
    const portfolio = waba && (await this.wabas.portfolio(tx, tenantId, waba.portfolioId));
    return portfolio ? { number, waba, portfolio, token: this.wabas.tokenOf(waba) } : undefined;
  }
}
