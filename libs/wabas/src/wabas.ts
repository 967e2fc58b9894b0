import { Inject, Injectable } from '@nestjs/common';
import { In } from 'typeorm';
import { CLOCK, type Clock } from '#libs/clock';
import { newId } from '#libs/ids';
import { Database, type Tx } from '#libs/persistence';
import { MetaApp } from '#libs/provider-settings';
import { type Hold, holdAt, tierName } from '#libs/tier-quota';
import { Vault } from '#libs/vault';
import { PhoneNumber, Portfolio, Waba } from './entities.js';
import { holdOf } from './hold-of.js';
import { type LimitChange, noteLimitChange } from './limit-changes.js';
import { claimRoute, giveUpRoute } from './meta-routes.js';
import { isRegistered, REGISTERED_STATUSES } from './number-status.js';
import { liftRefusals } from './refused-numbers.js';
import { Standing } from './standing.js';
import { correctedTimezones } from './timezones.js';

/** What Meta shows of a number. */
export type NumberFacts = Pick<
  PhoneNumber,
  | 'verifiedName'
  | 'status'
  | 'qualityRating'
  | 'throughputLevel'
  | 'coexistence'
  | 'nameStatus'
  | 'newDisplayName'
  | 'newNameStatus'
  | 'codeStatus'
  | 'official'
  | 'dataRegion'
>;

const nameOf = ({ customers }: Hold): string => tierName({ kind: 'capped', cap: customers });

const tokenContext = (wabaId: string) => `waba-token:${wabaId}`;
const pinContext = (phoneNumberId: string) => `pin:${phoneNumberId}`;

/**
 * The one writer of portfolios, WABAs and phone numbers (with `Standing`); each that is saved gets the route from Meta's id
 * (`meta-routes.ts`). Everything here may be said twice: an object that is known is brought up to date, not doubled.
 */
@Injectable()
export class Wabas {
  constructor(
    private readonly db: Database,
    private readonly vault: Vault,
    private readonly metaApp: MetaApp,
    private readonly standing: Standing,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /**
   * @param seen `shared` for the provider's own portfolio, which many tenants have accounts in
   * @throws TakenByAnotherTenantError
   */
  async savePortfolio(
    tx: Tx,
    tenantId: string,
    seen: { metaBusinessId: string; messagingLimit: string; shared?: boolean },
  ): Promise<Portfolio> {
    const portfolios = tx.getRepository(Portfolio);
    const now = this.clock.now();
    const known = await portfolios.findOneBy({ tenantId, metaBusinessId: seen.metaBusinessId });
    const portfolioId = known?.portfolioId ?? newId(now);
    if (!seen.shared) await claimRoute(tx, tenantId, 'business', seen.metaBusinessId, portfolioId);
    const portfolio = await portfolios.save({
      ...(known ?? { tenantId, portfolioId, createdAt: now }),
      metaBusinessId: seen.metaBusinessId,
      messagingLimit: seen.messagingLimit,
      limitSeenAt: now,
    });
    const [was, became] = [known?.messagingLimit ?? null, seen.messagingLimit];
    if (was !== became) await noteLimitChange(tx, tenantId, { portfolioId, was, became, at: now, cause: 'read' });
    return portfolio;
  }

  /**
   * @param seen what Graph says of the WABA; `token` is sealed before it is stored: the business token, or the provider's own,
   *   of which `tokenOf` gives the one of that day; `unnamedTimezone` is Meta's id of a zone that has no name here
   * @throws TakenByAnotherTenantError
   */
  async saveWaba(
    tx: Tx,
    tenantId: string,
    seen: {
      portfolioId: string;
      metaWabaId: string;
      name: string;
      currency: string;
      timezone: string;
      unnamedTimezone?: string | null;
      token?: string;
      asProvider?: boolean;
    },
  ): Promise<Waba> {
    const wabas = tx.getRepository(Waba);
    const { token, asProvider = false, timezone, unnamedTimezone = null, ...facts } = seen;
    const known = await wabas.findOneBy({ tenantId, metaWabaId: seen.metaWabaId });
    const wabaId = known?.wabaId ?? newId(this.clock.now());
    await claimRoute(tx, tenantId, 'waba', seen.metaWabaId, wabaId);
    return wabas.save({
      // Whoever saves it first has just looked at it.
      ...(known ?? { tenantId, wabaId, createdAt: this.clock.now(), lookedAt: this.clock.now() }),
      ...facts,
      // What staff said of the zone stands.
      timezone: known?.timezoneCorrected ? known.timezone : timezone,
      unnamedTimezone,
      sealedToken: token ? this.vault.seal(token, tokenContext(wabaId)) : (known?.sealedToken ?? null),
      ...(token ? { disconnectedAt: null, actsAsProvider: asProvider } : {}),
    });
  }

  /** @throws TakenByAnotherTenantError */
  async savePhoneNumber(
    tx: Tx,
    tenantId: string,
    seen: Pick<PhoneNumber, 'wabaId' | 'metaPhoneNumberId' | 'displayPhoneNumber'> &
      Partial<NumberFacts> & { pin?: string },
  ): Promise<PhoneNumber> {
    const numbers = tx.getRepository(PhoneNumber);
    const now = this.clock.now();
    const { pin, ...facts } = seen;
    const known = await numbers.findOneBy({ tenantId, metaPhoneNumberId: seen.metaPhoneNumberId });
    const phoneNumberId = known?.phoneNumberId ?? newId(now);
    await claimRoute(tx, tenantId, 'phone_number', seen.metaPhoneNumberId, phoneNumberId);
    const returned = known && !isRegistered(known.status) && isRegistered(facts.status ?? '');
    // With its PIN it is registered, also where it counted as registered here.
    if (returned || (known && pin)) await liftRefusals(tx, tenantId, { wabaId: known.wabaId, phoneNumberId }, now);
    const fresh = {
      tenantId,
      phoneNumberId,
      verifiedName: '',
      status: 'PENDING',
      qualityRating: 'UNKNOWN',
      throughputLevel: 'STANDARD',
      coexistence: false,
      sealedPin: null,
      registrations: [],
      createdAt: now,
    };
    return numbers.save({
      ...(known ?? fresh),
      accessLostAt: null,
      ...facts,
      ...(pin ? { sealedPin: this.vault.seal(pin, pinContext(phoneNumberId)) } : {}),
      updatedAt: now,
    });
  }

  /**
   * Keeps the limit that Meta states; a change goes into the history of the portfolio.
   *
   * @param told how we know, and when Meta said so, by its own time where it gives one; if absent, we asked just now
   */
  async setMessagingLimit(
    tx: Tx,
    tenantId: string,
    portfolioId: string,
    messagingLimit: string,
    told: Pick<LimitChange, 'at' | 'cause' | 'detail'> = { at: this.clock.now(), cause: 'read' },
  ): Promise<void> {
    const known = await this.portfolio(tx, tenantId, portfolioId);
    if (!known) return;
    await tx.getRepository(Portfolio).update({ tenantId, portfolioId }, { messagingLimit, limitSeenAt: told.at });
    const [was, became] = [known.messagingLimit, messagingLimit];
    if (was !== became) await noteLimitChange(tx, tenantId, { portfolioId, was, became, ...told });
  }

  /**
   * Holds a limit below Meta's until a time, or no longer; the history of the portfolio tells both. As staff.
   *
   * @param hold undefined: Meta's word counts again
   */
  async holdLimit(
    tx: Tx,
    { tenantId, portfolioId, messagingLimit, ...held }: Portfolio,
    hold: Hold | undefined,
  ): Promise<void> {
    await tx
      .getRepository(Portfolio)
      .update({ tenantId, portfolioId }, { heldTo: hold?.customers ?? null, heldUntil: hold?.until ?? null });
    const now = this.clock.now();
    const before = holdAt(holdOf(held), now);
    await noteLimitChange(tx, tenantId, {
      portfolioId,
      was: before ? nameOf(before) : messagingLimit,
      became: hold ? nameOf(hold) : messagingLimit,
      at: now,
      cause: hold ? `held by the provider until ${hold.until.toISOString()}` : 'no longer held by the provider',
    });
  }

  /** Numbers of a WABA that Meta disabled do not send; reinstated, those that were banned send again. */
  async setBanned(tx: Tx, tenantId: string, wabaId: string, banned: boolean): Promise<void> {
    const [from, to] = banned ? [REGISTERED_STATUSES, 'BANNED'] : [['BANNED'], 'CONNECTED'];
    await tx
      .getRepository(PhoneNumber)
      .update({ tenantId, wabaId, status: In(from) }, { status: to, updatedAt: this.clock.now() });
    if (!banned) await liftRefusals(tx, tenantId, { wabaId }, this.clock.now());
  }

  /** What Meta now shows or thinks of a number. */
  async describeNumber(tx: Tx, tenantId: string, phoneNumberId: string, facts: Partial<NumberFacts>): Promise<void> {
    const regained = facts.status !== undefined && facts.status !== 'DISCONNECTED' ? { accessLostAt: null } : {};
    await tx
      .getRepository(PhoneNumber)
      .update({ tenantId, phoneNumberId }, { ...facts, ...regained, updatedAt: this.clock.now() });
  }

  /** How far Meta has reviewed an account, and who pays for it. */
  async describeWaba(
    tx: Tx,
    tenantId: string,
    wabaId: string,
    facts: Partial<Pick<Waba, 'name' | 'reviewStatus' | 'verificationStatus' | 'funding' | 'lookedAt'>>,
  ): Promise<void> {
    await tx.getRepository(Waba).update({ tenantId, wabaId }, facts);
  }

  /**
   * Puts a zone in place of the one that stood in, or was wrong; as staff say, so it stays when Meta is asked again.
   *
   * @param from until then the zone that counts now goes on counting; absent: nothing has been charged by it
   */
  async correctTimezone(tx: Tx, waba: Waba, timezone: string, from?: Date): Promise<Waba> {
    const zones = correctedTimezones(waba, timezone, this.clock.now(), from);
    return tx.getRepository(Waba).save({
      ...waba,
      timezone: zones.timezone,
      earlierTimezones: [...zones.earlierTimezones],
      timezoneCorrected: true,
    });
  }

  /** Meta no longer lets us act for an account: its token is worthless and its numbers send nothing. */
  async disconnect(tx: Tx, tenantId: string, wabaId: string): Promise<void> {
    const now = this.clock.now();
    await tx.getRepository(Waba).update({ tenantId, wabaId }, { sealedToken: null, disconnectedAt: now });
    await this.standing.setAccess(tx, tenantId, { wabaId }, false, now);
  }

  /** A number that the merchant disconnected in the WhatsApp Business app sends nothing; its account stays. */
  async disconnectNumber(tx: Tx, tenantId: string, wabaId: string, digits: string): Promise<void> {
    const numbers = await this.phoneNumbers(tx, tenantId);
    const own = numbers.find((n) => n.wabaId === wabaId && n.displayPhoneNumber.replace(/\D/g, '') === digits);
    if (own) await this.standing.setAccess(tx, tenantId, own, false, this.clock.now());
  }

  /** Gives a number up: no webhook of it is the tenant's any more, and anybody may connect it. Its row stays, for history. */
  async release(tx: Tx, tenantId: string, number: PhoneNumber): Promise<void> {
    const { phoneNumberId, metaPhoneNumberId } = number;
    await giveUpRoute(tx, tenantId, 'phone_number', metaPhoneNumberId);
    await tx
      .getRepository(PhoneNumber)
      .update({ tenantId, phoneNumberId }, { status: 'DELETED', sealedPin: null, updatedAt: this.clock.now() });
  }

  /** Whether another tenant of this platform has a number, by its digits. */
  async isWithAnotherTenant(tenantId: string, digits: string): Promise<boolean> {
    const [row] = await this.db.query<{ taken: boolean }>('SELECT door_number_taken($1, $2) AS taken', [
      tenantId,
      digits,
    ]);
    return row?.taken ?? false;
  }

  portfolios(tx: Tx, tenantId: string): Promise<Portfolio[]> {
    return tx.getRepository(Portfolio).find({ where: { tenantId }, order: { portfolioId: 'ASC' } });
  }
  wabas(tx: Tx, tenantId: string): Promise<Waba[]> {
    return tx.getRepository(Waba).find({ where: { tenantId }, order: { wabaId: 'ASC' } });
  }
  phoneNumbers(tx: Tx, tenantId: string): Promise<PhoneNumber[]> {
    return tx.getRepository(PhoneNumber).find({ where: { tenantId }, order: { phoneNumberId: 'ASC' } });
  }
  waba(tx: Tx, tenantId: string, by: { wabaId: string } | { metaWabaId: string }): Promise<Waba | null> {
    return tx.getRepository(Waba).findOneBy({ tenantId, ...by });
  }
  phoneNumber(
    tx: Tx,
    tenantId: string,
    by: { phoneNumberId: string } | { metaPhoneNumberId: string },
  ): Promise<PhoneNumber | null> {
    return tx.getRepository(PhoneNumber).findOneBy({ tenantId, ...by });
  }
  portfolio(tx: Tx, tenantId: string, portfolioId: string): Promise<Portfolio | null> {
    return tx.getRepository(Portfolio).findOneBy({ tenantId, portfolioId });
  }
  /** A portfolio as it is, and as it stays until the transaction ends. */
  portfolioHeld(tx: Tx, tenantId: string, portfolioId: string): Promise<Portfolio | null> {
    return tx
      .getRepository(Portfolio)
      .findOne({ where: { tenantId, portfolioId }, lock: { mode: 'pessimistic_read' } });
  }

  /**
   * What we act with for a WABA at Meta, in clear; undefined while Meta does not let us. The provider's own token is the one
   * that counts now; what was sealed stands in where this process was given none.
   */
  tokenOf(waba: Waba): string | undefined {
    if (!waba.sealedToken) return undefined;
    const current = waba.actsAsProvider ? this.metaApp.partner.token : undefined;
    return current ?? this.vault.open(waba.sealedToken, tokenContext(waba.wabaId));
  }
  /** The two-step PIN of a number in clear; undefined when it is not ours to know. */
  pinOf(number: PhoneNumber): string | undefined {
    return number.sealedPin ? this.vault.open(number.sealedPin, pinContext(number.phoneNumberId)) : undefined;
  }
}
