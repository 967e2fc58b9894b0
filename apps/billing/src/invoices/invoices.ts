import { Injectable } from '@nestjs/common';
import { Ledger } from '#libs/ledger';
import type { Tx } from '#libs/persistence';
import { daysOfMonth } from '../local-days.js';
import { draftInvoice } from './draft-invoice.js';
import type { InvoiceDocument, InvoiceHeader } from './invoice-document.js';
import { digestOf } from './render-json.js';

/** An issued invoice or credit note. */
export interface IssuedInvoice {
  readonly invoiceId: string;
  readonly kind: 'invoice' | 'credit_note';
  readonly header: InvoiceHeader;
  /** SHA-256 of the document as JSON. */
  readonly digest: string;
  readonly credits: string | null;
  readonly issuedAt: Date;
}

const COLUMNS = `invoice_id AS "invoiceId", kind, header, digest, credits, issued_at AS "issuedAt"`;

/** An issued invoice that the ledger no longer adds up to: somebody changed the past. */
export class InvoiceDiffersError extends Error {
  override name = 'InvoiceDiffersError';
}

/** The one writer of what was issued; rows are only added. */
@Injectable()
export class Invoices {
  constructor(private readonly ledger: Ledger) {}

  async add(
    tx: Tx,
    tenantId: string,
    i: { invoiceId: string; document: InvoiceDocument; credits: string | null; issuedBy: string; issuedAt: Date },
  ): Promise<IssuedInvoice> {
    const { header } = i.document;
    const digest = digestOf(i.document);
    await tx.query(
      `INSERT INTO invoices (tenant_id, invoice_id, kind, number, month, currency, net, tax, total, header, digest, credits,
                             issued_by, issued_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)`,
      [
        tenantId,
        i.invoiceId,
        header.kind,
        header.number,
        header.month,
        header.currency,
        header.net,
        header.tax,
        header.total,
        JSON.stringify(header),
        digest,
        i.credits,
        i.issuedBy,
        i.issuedAt,
      ],
    );
    const { invoiceId, credits, issuedAt } = i;
    return { invoiceId, kind: header.kind, header, digest, credits, issuedAt };
  }

  async find(tx: Tx, tenantId: string, invoiceId: string): Promise<IssuedInvoice | undefined> {
    const [row]: IssuedInvoice[] = await tx.query(
      `SELECT ${COLUMNS} FROM invoices WHERE tenant_id = $1 AND invoice_id = $2`,
      [tenantId, invoiceId],
    );
    return row;
  }

  /** Newest first. */
  async list(tx: Tx, tenantId: string, page: { before?: string | undefined; limit: number }): Promise<IssuedInvoice[]> {
    return tx.query(
      `SELECT ${COLUMNS} FROM invoices WHERE tenant_id = $1 AND ($2::uuid IS NULL OR invoice_id < $2)
        ORDER BY invoice_id DESC LIMIT $3`,
      [tenantId, page.before ?? null, page.limit],
    );
  }

  /** Invoices of a month, by currency. */
  async ofMonth(tx: Tx, tenantId: string, month: string): Promise<IssuedInvoice[]> {
    return tx.query(
      `SELECT ${COLUMNS} FROM invoices WHERE tenant_id = $1 AND month = $2 AND kind = 'invoice' ORDER BY currency`,
      [tenantId, month],
    );
  }

  async creditsOf(tx: Tx, tenantId: string, invoiceId: string): Promise<IssuedInvoice[]> {
    return tx.query(`SELECT ${COLUMNS} FROM invoices WHERE tenant_id = $1 AND credits = $2`, [tenantId, invoiceId]);
  }

  /**
   * The document, made again from the ledger: what was issued, byte for byte, whatever became of rate cards and plans.
   * @throws InvoiceDiffersError when it is not what was issued
   */
  async document(tx: Tx, tenantId: string, { header, digest }: IssuedInvoice): Promise<InvoiceDocument> {
    const days = daysOfMonth(header.month);
    if (!days) throw new InvoiceDiffersError(`${header.number} is of no month`);
    const groups = header.kind === 'invoice' ? await this.ledger.chargeGroups(tx, tenantId, 'price', days) : [];
    const lines = draftInvoice(groups).lines.filter((line) => line.currency === header.currency);
    const document = { header, lines };
    if (digestOf(document) !== digest) throw new InvoiceDiffersError(`${header.number} differs from what was issued`);
    return document;
  }
}
