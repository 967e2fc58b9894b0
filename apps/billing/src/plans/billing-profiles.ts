import { Inject, Injectable } from '@nestjs/common';
import { CLOCK, type Clock } from '#libs/clock';
import type { Tx } from '#libs/persistence';

export type InvoiceLanguage = 'es' | 'pt' | 'en';

/** Who a tenant's invoices are made out to, and by which legal entity of the provider. */
export interface BillingProfile {
  readonly legalName: string;
  readonly address: string;
  /** ISO 3166 alpha-2. */
  readonly country: string;
  readonly taxId: string;
  readonly isBusiness: boolean;
  readonly language: InvoiceLanguage;
  /** IANA name. */
  readonly timezone: string;
  readonly legalEntity: string;
  /** Days after the end of a month on which its invoices are issued without being asked; null: staff issue them. */
  readonly issueAfterDays: number | null;
}

/** The one writer of billing profiles. What was issued keeps a copy, so a change is for the invoices to come. */
@Injectable()
export class BillingProfiles {
  constructor(@Inject(CLOCK) private readonly clock: Clock) {}

  async find(tx: Tx, tenantId: string): Promise<BillingProfile | undefined> {
    const [row]: BillingProfile[] = await tx.query(
      `SELECT legal_name AS "legalName", address, country, tax_id AS "taxId", is_business AS "isBusiness", language, timezone,
              legal_entity AS "legalEntity", issue_after_days AS "issueAfterDays" FROM billing_profiles WHERE tenant_id = $1`,
      [tenantId],
    );
    return row;
  }

  async save(tx: Tx, tenantId: string, p: BillingProfile): Promise<void> {
    await tx.query(
      `INSERT INTO billing_profiles (tenant_id, legal_name, address, country, tax_id, is_business, language, timezone,
                                     legal_entity, issue_after_days, updated_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
       ON CONFLICT (tenant_id) DO UPDATE SET legal_name = excluded.legal_name, address = excluded.address,
         country = excluded.country, tax_id = excluded.tax_id, is_business = excluded.is_business,
         language = excluded.language, timezone = excluded.timezone, legal_entity = excluded.legal_entity,
         issue_after_days = excluded.issue_after_days, updated_at = excluded.updated_at`,
      [
        tenantId,
        p.legalName,
        p.address,
        p.country,
        p.taxId,
        p.isBusiness,
        p.language,
        p.timezone,
        p.legalEntity,
        p.issueAfterDays,
        this.clock.now(),
      ],
    );
  }
}
