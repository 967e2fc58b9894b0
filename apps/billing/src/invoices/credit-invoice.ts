import { Inject, Injectable } from '@nestjs/common';
import { CLOCK, type Clock } from '#libs/clock';
import { Refusal } from '#libs/http';
import { derivedId, newId } from '#libs/ids';
import { bookingDay, Ledger, move, Periods } from '#libs/ledger';
import {
  add,
  compare,
  formatDecimal,
  minorUnits,
  negate,
  parseDecimal,
  roundHalfUp,
  subtract,
  ZERO,
} from '#libs/money';
import { Database, type Tx } from '#libs/persistence';
import { Wallets } from '#libs/wallet';
import { BillingProfiles } from '../plans/billing-profiles.js';
import { zoneClock } from '../rating/local-time.js';
import { creditTotals } from './invoice-document.js';
import { Invoices, type IssuedInvoice } from './invoices.js';
import { LegalEntities } from './legal-entities.js';

/** Takes an invoice back, in whole or in part. The invoice stays as it is; the credit note stands beside it. */
@Injectable()
export class CreditInvoice {
  constructor(
    private readonly db: Database,
    private readonly ledger: Ledger,
    private readonly periods: Periods,
    private readonly invoices: Invoices,
    private readonly entities: LegalEntities,
    private readonly profiles: BillingProfiles,
    private readonly wallets: Wallets,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /**
   * @param wish `net` is a decimal string of more than 0, before tax; left out: all that is not credited yet
   * @param also what is done in the same transaction, such as an entry in the audit log
   * @throws Refusal for more than is left, for an invoice that is none of the tenant's, or for a credit note
   */
  credit(
    tenantId: string,
    invoiceId: string,
    wish: { net?: string | undefined; reason: string },
    by: string,
    also: (tx: Tx, note: IssuedInvoice) => Promise<void> = async () => {},
  ): Promise<IssuedInvoice> {
    return this.db.inTenant(tenantId, async (tx) => {
      // One credit of a tenant at a time, so that none goes beyond what is left.
      await tx.query(`SELECT pg_advisory_xact_lock(hashtextextended('credit:' || $1, 0))`, [tenantId]);
      const invoice = await this.invoices.find(tx, tenantId, invoiceId);
      if (!invoice) throw Refusal.notFound('invoice');
      if (invoice.kind !== 'invoice')
        throw Refusal.conflict('A credit note is not credited. Issue an invoice instead.');
      const { header } = invoice;
      const decimals = minorUnits(header.currency);
      const before = await this.invoices.creditsOf(tx, tenantId, invoiceId);
      const credited = before.reduce((sum, note) => subtract(sum, parseDecimal(note.header.net)), ZERO);
      const left = subtract(parseDecimal(header.net), credited);
      const net = wish.net === undefined ? left : parseDecimal(wish.net);
      if (compare(net, ZERO) <= 0 || compare(net, left) > 0 || compare(net, roundHalfUp(net, decimals)) !== 0) {
        throw Refusal.conflict(`Of this invoice ${formatDecimal(left)} ${header.currency} before tax can be credited.`);
      }
      const headers = before.map((note) => note.header);
      const totals = creditTotals(headers, net, header.taxTreatment, decimals);
      const [profile, issuedAt] = [await this.profiles.find(tx, tenantId), this.clock.now()];
      const zone = zoneClock(profile?.timezone ?? 'UTC');
      const issuedOn = zone.dayAt(issuedAt.getTime()).day;
      const noteId = newId(issuedAt);
      const bookedOn = bookingDay(issuedOn, await this.periods.closedThrough(tx, tenantId));
      const wallet = await this.wallets.find(tx, tenantId);
      const toWallet = header.paidFromWallet && wallet?.currency === header.currency;
      const account = toWallet ? 'wallet' : 'receivable';
      const tax = formatDecimal(negate(parseDecimal(totals.tax)));
      await this.ledger.post(tx, tenantId, [
        {
          entryId: derivedId(issuedAt, noteId, 'credit_note'),
          kind: 'credit_note',
          messageId: null,
          bookedOn,
          memo: `credit of ${header.number}: ${wish.reason}`,
          postings: [
            ...move(formatDecimal(net), header.currency, 'revenue_messages', account),
            ...move(tax, header.currency, 'tax_payable', account),
          ],
        },
      ]);
      if (toWallet) await this.wallets.move(tx, tenantId, formatDecimal(add(net, parseDecimal(tax))));
      const document = {
        header: {
          ...header,
          ...totals,
          kind: 'credit_note' as const,
          number: await this.entities.nextNumber(tx, header.entity, 'credit_note'),
          issuedOn,
          fees: [],
          paidFromWallet: toWallet,
          credits: { number: header.number, reason: wish.reason },
        },
        lines: [],
      };
      const issued = { invoiceId: noteId, document, credits: invoiceId, issuedBy: by, issuedAt };
      const note = await this.invoices.add(tx, tenantId, issued);
      await also(tx, note);
      return note;
    });
  }
}
