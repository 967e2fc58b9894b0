import { Inject, Injectable } from '@nestjs/common';
import { CLOCK, type Clock } from '#libs/clock';
import { Database, type Tx } from '#libs/persistence';
import {
  isRegistered,
  type NumberRefusal,
  type PhoneNumber,
  type Portfolio,
  type Restriction,
  refusalOf,
  Standing,
  type Waba,
  Wabas,
} from '#libs/wabas';
import { type ClientRecord, OnPremisesClients } from '../on-premises/on-premises-clients.js';
import { Remembered } from './remembered.js';
import { restrictionsOf } from './restrictions.js';

/** A number with what it takes to send from it. */
export interface Channel {
  number: PhoneNumber;
  waba: Waba;
  portfolio: Portfolio;
  /** The business token in clear; undefined while Meta gives us no access. */
  token: string | undefined;
  /** The On-Premises client that carries the number, or carried it before it moved to the Cloud API. */
  onPremises: ClientRecord | undefined;
  /** What Meta or the provider does not let it do at the moment; see `stoppedBy`. */
  restrictions: readonly Restriction[];
  /** By what Meta refuses all of its messages for now; undefined: as far as we know it does not. */
  refused: NumberRefusal | undefined;
}

/** The client over which the number's messages go; undefined where that is the Cloud API. */
export const clientOf = ({ onPremises }: Pick<Channel, 'onPremises'>): ClientRecord | undefined =>
  onPremises?.state === 'moved' ? undefined : onPremises;

/** Whether we can reach Meta for the number, by whichever way its messages go. */
export const hasAccess = (channel: Channel): boolean => clientOf(channel) !== undefined || channel.token !== undefined;

export const isLive = (channel: Channel): boolean =>
  isRegistered(channel.number.status) &&
  hasAccess(channel) &&
  clientOf(channel)?.state !== 'moving' &&
  channel.refused === undefined;

// So long may a process act on a number as it was; Meta refuses what it must, and a live number rarely changes.
export const REMEMBER_MS = 2_000;

/** Finds numbers and accounts of a tenant, by Meta's ids (as clients know them) or by ours. */
@Injectable()
export class Channels {
  // Only what can send is remembered: what is being connected should send from its first moment on.
  private readonly channels = new Remembered<Channel>(REMEMBER_MS, isLive);

  constructor(
    private readonly db: Database,
    private readonly wabas: Wabas,
    private readonly clients: OnPremisesClients,
    private readonly standing: Standing,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** @returns undefined for a number that does not exist, and just so for one of another tenant */
  byMetaId(tenantId: string, metaPhoneNumberId: string): Promise<Channel | undefined> {
    return this.channels.get(`meta ${tenantId} ${metaPhoneNumberId}`, () =>
      this.db.inTenant(tenantId, (tx) => this.load(tx, tenantId, { metaPhoneNumberId })),
    );
  }

  byId(tenantId: string, phoneNumberId: string): Promise<Channel | undefined> {
    return this.channels.get(nameOf(tenantId, phoneNumberId), () =>
      this.db.inTenant(tenantId, (tx) => this.load(tx, tenantId, { phoneNumberId })),
    );
  }

  /**
   * The same for who is in a transaction: whoever holds a connection must wait neither for another one nor for somebody who
   * does, or as many of them as there are connections wait for each other.
   */
  async byIdWithin(tx: Tx, tenantId: string, phoneNumberId: string): Promise<Channel | undefined> {
    const known = this.channels.inMemory(nameOf(tenantId, phoneNumberId));
    return known ?? this.load(tx, tenantId, { phoneNumberId });
  }

  /** This process has just changed the number: it goes by what is stored from now on, and others do within seconds. */
  forget(tenantId: string, phoneNumberId: string): void {
    this.channels.forget(nameOf(tenantId, phoneNumberId));
  }

  private async load(
    tx: Tx,
    tenantId: string,
    by: { metaPhoneNumberId: string } | { phoneNumberId: string },
  ): Promise<Channel | undefined> {
    const number = await this.wabas.phoneNumber(tx, tenantId, by);
    const waba = number && (await this.wabas.waba(tx, tenantId, { wabaId: number.wabaId }));
    const portfolio = waba && (await this.wabas.portfolio(tx, tenantId, waba.portfolioId));
    if (!portfolio) return undefined;
    const onPremises = await this.clients.find(tx, tenantId, number.phoneNumberId);
    const now = this.clock.now();
    const restrictions = await restrictionsOf(tx, this.standing, number, now);
    const refused = await refusalOf(tx, tenantId, number, now);
    return { number, waba, portfolio, token: this.wabas.tokenOf(waba), onPremises, restrictions, refused };
  }
}

const nameOf = (tenantId: string, phoneNumberId: string): string => `ours ${tenantId} ${phoneNumberId}`;
