/** A tax that a legal entity of the provider charges in a country from a day on. Rates are the provider's own data. */
export interface TaxRow {
  /** ISO 3166 alpha-2 of the customer. */
  readonly country: string;
  /** As it stands on the invoice: `IVA`, `VAT`, `GST`. */
  readonly name: string;
  readonly pct: string;
  /** `YYYY-MM-DD`, the first day it holds. */
  readonly from: string;
}

/** How an invoice is taxed. */
export interface TaxTreatment {
  readonly kind: 'domestic' | 'destination' | 'reverse_charge' | 'outside_scope';
  readonly name: string;
  readonly pct: string;
}

/**
 * Member states of the European Union (27 since 2020-02-01), between which services to businesses are taxed where the
 * customer is, by the customer (Directive 2006/112/EC, articles 44 and 196).
 */
const EU = new Set('AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK'.split(' '));

/**
 * Which tax an invoice bears: pure.
 *
 * Same country: that country's tax. Both in the European Union: reverse charge for a business with a tax id, else the tax
 * that the entity charges in the customer's country, else its own. Elsewhere: the tax that the entity is registered for in
 * the customer's country, else none (the service is supplied outside the seller's scope).
 *
 * @param day the tax point, `YYYY-MM-DD`
 */
export function taxTreatment(
  seller: { country: string; taxes: readonly TaxRow[] },
  buyer: { country: string; taxId: string; isBusiness: boolean },
  day: string,
): TaxTreatment {
  const rowOf = (country: string): TaxRow | undefined =>
    seller.taxes
      .filter((row) => row.country === country && row.from <= day)
      .reduce<TaxRow | undefined>((best, row) => (!best || row.from > best.from ? row : best), undefined);
  const by = (kind: TaxTreatment['kind'], row: TaxRow | undefined): TaxTreatment =>
    row ? { kind, name: row.name, pct: row.pct } : { kind: 'outside_scope', name: '', pct: '0' };

  if (buyer.country === seller.country) return by('domestic', rowOf(seller.country));
  if (EU.has(seller.country) && EU.has(buyer.country)) {
    if (buyer.isBusiness && buyer.taxId !== '') return { kind: 'reverse_charge', name: '', pct: '0' };
    return by('destination', rowOf(buyer.country) ?? rowOf(seller.country));
  }
  return by('destination', rowOf(buyer.country));
}
