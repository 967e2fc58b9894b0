import { Inject, Injectable } from '@nestjs/common';
import { CLOCK, type Clock } from '#libs/clock';
import { Database, type Tx } from '#libs/persistence';
import type { TaxRow } from '../plans/taxes.js';
import type { Seller } from './invoice-document.js';

/** A legal entity of the provider that issues invoices. */
export interface LegalEntity extends Seller {
  readonly entity: string;
  readonly taxes: readonly TaxRow[];
  readonly invoicePrefix: string;
  readonly creditPrefix: string;
}

const COLUMNS = `entity, name, address, country, tax_id AS "taxId", contact, payment_details AS "paymentDetails", taxes,
  invoice_prefix AS "invoicePrefix", credit_prefix AS "creditPrefix"`;

/** The one writer of legal entities and of their numbers. */
@Injectable()
export class LegalEntities {
  constructor(
    private readonly db: Database,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  list(): Promise<LegalEntity[]> {
    return this.db.query<LegalEntity>(`SELECT ${COLUMNS} FROM legal_entities ORDER BY entity`);
  }

  async find(tx: Tx, entity: string): Promise<LegalEntity | undefined> {
    const [row]: LegalEntity[] = await tx.query(`SELECT ${COLUMNS} FROM legal_entities WHERE entity = $1`, [entity]);
    return row;
  }

  /** Adds an entity or changes it; its numbers go on. */
  async save(tx: Tx, e: LegalEntity): Promise<void> {
    await tx.query(
      `INSERT INTO legal_entities (entity, name, address, country, tax_id, contact, payment_details, taxes, invoice_prefix,
                                   credit_prefix, updated_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
       ON CONFLICT (entity) DO UPDATE SET name = excluded.name, address = excluded.address, country = excluded.country,
         tax_id = excluded.tax_id, contact = excluded.contact, payment_details = excluded.payment_details,
         taxes = excluded.taxes, invoice_prefix = excluded.invoice_prefix, credit_prefix = excluded.credit_prefix,
         updated_at = excluded.updated_at`,
      [
        e.entity,
        e.name,
        e.address,
        e.country,
        e.taxId,
        e.contact,
        e.paymentDetails,
        JSON.stringify(e.taxes),
        e.invoicePrefix,
        e.creditPrefix,
        this.clock.now(),
      ],
    );
  }

  /**
   * The next number of an entity. Its row stays locked until the transaction ends: if that fails the number was never
   * taken, so there are no gaps. Take it last.
   */
  async nextNumber(tx: Tx, entity: string, kind: 'invoice' | 'credit_note'): Promise<string> {
    const [column, prefix] =
      kind === 'invoice' ? ['last_invoice', 'invoice_prefix'] : ['last_credit_note', 'credit_prefix'];
    const [[row]]: [{ number: string }[], number] = await tx.query(
      `UPDATE legal_entities SET ${column} = ${column} + 1 WHERE entity = $1
       RETURNING ${prefix} || lpad(${column}::text, 6, '0') AS number`,
      [entity],
    );
    if (!row) throw new Error(`there is no legal entity ${entity}`);
    return row.number;
  }
}
