import { Injectable } from '@nestjs/common';
import { Refusal } from '#libs/http';
import { GraphClient } from '#libs/meta-cloud';
import { Database } from '#libs/persistence';
import { TenantLimits } from '#libs/tenant-limits';
import { type PhoneNumber, TakenByAnotherTenantError, type Waba, Wabas } from '#libs/wabas';
import { digitsOf, factsOfNumber, type GraphNumber, putOnList } from '../signups/graph-account.js';
import { judgeNumber, type NumberJudgement, type UsedIn } from './judge-number.js';
import { lookAtNumber } from './look-at-number.js';
import { stateSeen } from './number-state.js';
import { type KnownNumber, NumberStore } from './number-store.js';
import { refuseAsMeta } from './refuse-as-meta.js';

/** The numbers of a tenant: judged, added, and kept as Meta shows them. What is commanded of one: NumberCommands. */
@Injectable()
export class Numbers {
  constructor(
    private readonly db: Database,
    private readonly graph: GraphClient,
    private readonly wabas: Wabas,
    private readonly store: NumberStore,
    private readonly limits: TenantLimits,
  ) {}

  /** Whether a number could be connected by this tenant; Meta is not asked. */
  async judge(tenantId: string, written: string, usedIn?: UsedIn): Promise<NumberJudgement> {
    const first = judgeNumber(written);
    if (!first.phone) return first;
    const digits = digitsOf(first.phone);
    const own = await this.db.inTenant(tenantId, (tx) => this.wabas.phoneNumbers(tx, tenantId));
    return judgeNumber(written, {
      ...(usedIn ? { usedIn } : {}),
      isOurs: own.some((n) => digitsOf(n.displayPhoneNumber) === digits && n.status !== 'DELETED'),
      isAnotherTenants: await this.wabas.isWithAnotherTenant(tenantId, digits),
    });
  }

  list(tenantId: string): Promise<KnownNumber[]> {
    return this.db.inTenant(tenantId, (tx) => this.store.list(tx, tenantId));
  }

  /** @param metaId Meta's id of the number @throws Refusal 404 */
  async find(tenantId: string, metaId: string): Promise<KnownNumber> {
    const known = await this.db.inTenant(tenantId, (tx) => this.store.find(tx, tenantId, metaId));
    if (!known) throw Refusal.notFound('phone number');
    return known;
  }

  /**
   * Puts a number on an account's list at Meta. A number that stands there already, because an answer was lost, is taken.
   *
   * @param as `migrate` brings it from another provider, where its two-step PIN must be off
   * @throws Refusal; nothing is kept then. Also where the provider allows no more numbers, before Meta is asked
   */
  async add(
    tenantId: string,
    as: { metaWabaId: string; phone: string; displayName: string; migrate: boolean },
  ): Promise<KnownNumber> {
    const waba = await this.db.inTenant(tenantId, (tx) => this.wabas.waba(tx, tenantId, { metaWabaId: as.metaWabaId }));
    if (!waba) throw Refusal.notFound('account');
    const token = this.tokenOf(waba);
    await this.db.inTenant(tenantId, (tx) => this.limits.mustFit(tx, tenantId, 'numbers', 1));
    const metaId = await putOnList(this.graph, waba.metaWabaId, token, as).catch((error: unknown) => {
      throw refuseAsMeta(error);
    });
    if (!metaId) throw Refusal.invalid('phone: is not a number.');
    const seen = await lookAtNumber(this.graph, metaId, token);
    await this.db
      .inTenant(tenantId, async (tx) => {
        // Again, because somebody else may have taken the last place meanwhile; at Meta it is only on a list.
        const isKnown = await this.wabas.phoneNumber(tx, tenantId, { metaPhoneNumberId: metaId });
        if (!isKnown) await this.limits.mustFit(tx, tenantId, 'numbers', 1);
        const number = await this.wabas.savePhoneNumber(tx, tenantId, {
          wabaId: waba.wabaId,
          ...factsOfNumber({ display_phone_number: as.phone, verified_name: as.displayName, ...seen, id: metaId }),
        });
        await this.store.begin(tx, number, { state: 'added', migrates: as.migrate });
        await this.store.tell(tx, number, 'added');
      })
      .catch((error: unknown) => {
        if (!(error instanceof TakenByAnotherTenantError)) throw error;
        throw new Refusal(409, 'another_customer', 'Another customer here has this number.');
      });
    return this.find(tenantId, metaId);
  }

  /** Brings what we hold up to what Meta shows. @throws Refusal */
  async refresh(tenantId: string, id: string): Promise<KnownNumber> {
    const known = await this.find(tenantId, id);
    await this.keepSeen(tenantId, known, await lookAtNumber(this.graph, id, this.tokenOf(known.waba)));
    return this.find(tenantId, id);
  }

  /** Keeps what Graph shows of a number, and tells the tenant when its state has changed by that. @returns it as it is now */
  async keepSeen(tenantId: string, known: KnownNumber, seen: Partial<GraphNumber>): Promise<PhoneNumber> {
    return this.db.inTenant(tenantId, async (tx) => {
      const number = await this.wabas.savePhoneNumber(tx, tenantId, {
        wabaId: known.number.wabaId,
        ...factsOfNumber({
          display_phone_number: known.number.displayPhoneNumber,
          ...seen,
          id: known.number.metaPhoneNumberId,
        }),
      });
      const state = stateSeen(known.care.state, number);
      if (state !== known.care.state) {
        await this.store.change(tx, known.care, { state });
        await this.store.tell(tx, number, state);
      }
      return number;
    });
  }

  /** The token with which Meta lets us act for an account. @throws Refusal 409 when there is none */
  tokenOf(waba: Waba): string {
    const token = this.wabas.tokenOf(waba);
    if (!token) throw new Refusal(409, 'access_lost', 'Meta does not let us act for this account. Connect it again.');
    return token;
  }
}
