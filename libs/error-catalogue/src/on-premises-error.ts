import type { OnPremisesError } from './on-premises-error.types.js';
import { ON_PREMISES_ERRORS } from './on-premises-errors.data.js';

const BY_CODE = new Map(ON_PREMISES_ERRORS.map((row) => [row.code, row]));

/** The row of an On-Premises code, or undefined for a code in none of the lists. */
export const onPremisesError = (code: number): OnPremisesError | undefined => BY_CODE.get(code);

// Several old codes meet in one new code; these are the ones the old client gave to a refused send.
const PREFERRED: Readonly<Record<number, number>> = {
  131000: 1000,
  130429: 1015,
  131026: 1013,
  131016: 1011,
  100: 1025,
};

/**
 * The On-Premises code to answer on the old `/v1` facade for a Cloud API code; 1000 (generic error) where the old client
 * had none of its own.
 */
export function onPremisesCodeOf(cloudCode: number): number {
  return PREFERRED[cloudCode] ?? ON_PREMISES_ERRORS.find((row) => row.nearestCloudCode === cloudCode)?.code ?? 1000;
}
