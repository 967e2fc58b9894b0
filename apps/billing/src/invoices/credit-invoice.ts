import { Inject, Injectable } from '@nestjs/common';
import { CLOCK, type Clock } from '#libs/clock';
import { Refusal } from '#libs/http';
import { derivedId, newId } from '#libs/ids';
import { bookingDay, Ledger, Periods, postingsOf } from '#libs/ledger';
import {
  add,
  compare,
  formatDecimal,
  isZero,
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
import { offWhatIsDue } from './what-is-due.js';

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
   * @throws Refusal for more than is left, for an invoice that is none of the tenant's, for a credit note, or for what was
   *   credited before: a call that is repeated because its answer was lost must not pay back twice
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
      const same = before.find((note) => isOf(note, wish));
      if (same) {
        const { number } = same.header;
        throw Refusal.conflict(`${number} credits as much for the same reason. If another one is meant, say why.`);
      }
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
      const [all, tax] = [negate(parseDecimal(totals.total)), negate(parseDecimal(totals.tax))];
      // What was not paid yet is not paid back: it comes off what is due, the rest goes back to the wallet that paid.
      const offDue = wallet?.currency === header.currency ? offWhatIsDue(header, headers, all) : all;
      const toWallet = subtract(all, offDue);
      await this.ledger.post(tx, tenantId, [
        {
          entryId: derivedId(issuedAt, noteId, 'credit_note'),
          kind: 'credit_note',
          messageId: null,
          bookedOn,
          memo: `credit of ${header.number}: ${wish.reason}`,
          postings: postingsOf(header.currency, {
            revenue_messages: net,
            tax_payable: tax,
            receivable: negate(offDue),
            wallet: negate(toWallet),
          }),
        },
      ]);
      if (!isZero(toWallet)) await this.wallets.move(tx, tenantId, formatDecimal(toWallet));
      const document = {
        header: {
          ...header,
          ...totals,
          kind: 'credit_note' as const,
          number: await this.entities.nextNumber(tx, header.entity, 'credit_note'),
          issuedOn,
          fees: [],
          paidFromWallet: isZero(offDue),
          due: formatDecimal(negate(offDue)),
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

/** Whether a credit note is what is asked for: the same amount before tax for the same reason. */
const isOf = ({ header }: IssuedInvoice, wish: { net?: string | undefined; reason: string }): boolean =>
  header.credits?.reason === wish.reason &&
  wish.net !== undefined &&
  isZero(add(parseDecimal(header.net), parseDecimal(wish.net)));
