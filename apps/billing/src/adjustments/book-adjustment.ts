import { Injectable } from '@nestjs/common';
import { Refusal } from '#libs/http';
import { formatDecimal, parseDecimal, subtract } from '#libs/money';
import { Database, type Tx } from '#libs/persistence';
import type { StaffCaller } from '#libs/staff';
import { Wabas } from '#libs/wabas';
import { type ChargeResponse, chargeResponse, metaIdsOf } from '../charges/charge.response.js';
import { CreditInvoice } from '../invoices/credit-invoice.js';
import type { IssuedInvoiceResponse } from '../invoices/invoice.response.js';
import { showIssued } from '../invoices/issued-invoices.controller.js';
import { CorrectCharge } from '../ledger/correct-charge.js';
import { Reconcile } from '../reconciliation/reconcile.js';
import type { TrueUpResponse } from '../reconciliation/reconciliation.response.js';
import { StaffAudit } from '../staff/staff-audit.js';
import { showTopUp, type TopUpResponse } from '../wallet/show-wallet.js';
import { TopUps } from '../wallet/top-ups.js';
import type { AdjustmentRequest } from './adjustments.js';
import type { Sum } from './limits.js';

/** What each kind of adjustment answers once it is booked. */
export interface Booked {
  transfer: TopUpResponse;
  correction: ChargeResponse;
  credit_note: IssuedInvoiceResponse;
  true_up: TrueUpResponse;
}
export type AdjustmentKind = keyof Booked;
export type Of<K extends AdjustmentKind> = AdjustmentRequest & { readonly kind: K };

/** Who answers for an adjustment. */
export interface Signed {
  /** Who books it now. */
  readonly staff: StaffCaller;
  /** Why it was asked for: it stands in the books. */
  readonly reason: string;
  /** The first pair of eyes, where this is the second. */
  readonly proposer?: string;
}

/** Asked in the transaction that books, of what it comes to; what it throws undoes all. */
export type Settle = (tx: Tx, sum: Sum) => Promise<void>;

/** Books what staff adjust, each in one transaction with its entry in the audit log. */
@Injectable()
export class BookAdjustment {
  private readonly booking: {
    [K in AdjustmentKind]: (t: string, r: Of<K>, s: Signed, settle: Settle) => Promise<Booked[K]>;
  } = {
    transfer: (...wish) => this.transfer(...wish),
    correction: (...wish) => this.correct(...wish),
    credit_note: (...wish) => this.credit(...wish),
    true_up: (...wish) => this.trueUp(...wish),
  };

  constructor(
    private readonly db: Database,
    private readonly topUps: TopUps,
    private readonly correctCharge: CorrectCharge,
    private readonly creditInvoice: CreditInvoice,
    private readonly reconcile: Reconcile,
    private readonly wabas: Wabas,
    private readonly audit: StaffAudit,
  ) {}

  /** @throws Refusal for what cannot be booked, and whatever `settle` throws; nothing is booked then */
  book<K extends AdjustmentKind>(tenantId: string, request: Of<K>, signed: Signed, settle: Settle): Promise<Booked[K]> {
    return this.booking[request.kind as K](tenantId, request, signed, settle);
  }

  private transfer(tenantId: string, wish: Of<'transfer'>, signed: Signed, settle: Settle): Promise<TopUpResponse> {
    return this.db.inTenant(tenantId, async (tx) => {
      const topup = showTopUp(await this.topUps.transfer(tx, tenantId, wish, firstOf(signed)));
      await settle(tx, topup);
      await this.record(tx, signed, {
        action: 'wallet.transfer',
        object: `wallet:${tenantId}`,
        tenantId,
        after: topup,
      });
      return topup;
    });
  }

  private async correct(
    tenantId: string,
    { messageId, unitPrice, category }: Of<'correction'>,
    signed: Signed,
    settle: Settle,
  ): Promise<ChargeResponse> {
    const numbers = await this.db.inTenant(tenantId, (tx) => this.wabas.phoneNumbers(tx, tenantId));
    const right = { unitPrice, category, reason: signed.reason };
    const show = (charge: Parameters<typeof chargeResponse>[0]) => chargeResponse(charge, metaIdsOf(numbers));
    const corrected = await this.correctCharge.correct(tenantId, messageId, right, async (tx, charge, was) => {
      const amount = formatDecimal(subtract(parseDecimal(charge.amount), parseDecimal(was.amount)));
      await settle(tx, { amount, currency: charge.currency });
      const object = `message:${messageId}`;
      await this.record(tx, signed, { action: 'charge.correct', object, tenantId, after: show(charge) });
    });
    return show(corrected);
  }

  private async credit(
    tenantId: string,
    { invoiceId, net }: Of<'credit_note'>,
    signed: Signed,
    settle: Settle,
  ): Promise<IssuedInvoiceResponse> {
    const wish = { net, reason: signed.reason };
    const note = await this.creditInvoice.credit(tenantId, invoiceId, wish, firstOf(signed), async (tx, issued) => {
      const after = showIssued(issued);
      await settle(tx, { amount: after.total, currency: after.currency });
      await this.record(tx, signed, { action: 'invoice.credit', object: `invoice:${invoiceId}`, tenantId, after });
    });
    return showIssued(note);
  }

  private trueUp(
    tenantId: string,
    { metaWabaId, month, amount }: Of<'true_up'>,
    signed: Signed,
    settle: Settle,
  ): Promise<TrueUpResponse> {
    return this.db.inTenant(tenantId, async (tx) => {
      const booked = await this.reconcile.trueUp(tx, tenantId, { month, metaWabaId, amount, memo: signed.reason });
      const waba = await this.wabas.waba(tx, tenantId, { metaWabaId });
      if (!waba) throw Refusal.notFound('WABA');
      await settle(tx, { amount, currency: waba.currency });
      const after = { ...booked, amount };
      await this.record(tx, signed, { action: 'reconciliation.true-up', object: `month:${month}`, tenantId, after });
      return booked;
    });
  }

  private record(
    tx: Tx,
    { staff, reason, proposer }: Signed,
    { after, ...entry }: { action: string; object: string; tenantId: string; after: object },
  ): Promise<void> {
    const both = { ...after, ...(proposer && { proposed_by: proposer }) };
    return this.audit.record(staff, { ...entry, after: both, reason }, tx);
  }
}

/** Whose the adjustment is: who approves it only looked at it. */
const firstOf = ({ staff, proposer }: Signed): string => proposer ?? staff.email;
