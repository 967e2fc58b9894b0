// ISO 4217, list one (2024): currencies whose smallest unit is not a hundredth.
const NONE = new Set('BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF'.split(' '));
const THOUSANDTHS = new Set('BHD IQD JOD KWD LYD OMR TND'.split(' '));

/** Decimal places of the smallest unit of a currency (ISO 4217): 2 for most, 0 for the yen, 3 for the dinars. */
export const minorUnits = (currency: string): number => (NONE.has(currency) ? 0 : THOUSANDTHS.has(currency) ? 3 : 2);
