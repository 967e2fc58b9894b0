/** Parts of an audience are cut from so many equal slices. */
export const SLICES = 10_000;

/**
 * Where each variant begins, for the database's `width_bucket`: a recipient's slice is a hash of campaign and recipient, so
 * who gets what is the same whenever it is asked, and another campaign cuts anew.
 *
 * @param weights of the variants, integers above 0, whatever their sum
 * @returns the slices at which the second, third … variant begins
 */
export function boundsOf(weights: readonly number[]): number[] {
  const sum = weights.reduce((a, b) => a + b, 0);
  let passed = 0;
  return weights.slice(0, -1).map((weight) => {
    passed += weight;
    return Math.round((passed * SLICES) / sum);
  });
}

/** The slice of a recipient, 0 to SLICES - 1, and the number that sends to it, as SQL over `campaign_id` ($n) and `line`. */
export const sliceSql = (campaign: string, line: string): string =>
  `(hashtextextended(${campaign}::text || ${line}, 0) & 2147483647) % ${SLICES}`;
export const turnSql = (campaign: string, line: string, count: string): string =>
  `(hashtextextended(${campaign}::text || ${line}, 1) & 2147483647) % ${count}`;
