import type { MetaError } from './meta-error.types.js';

/**
 * The shortest wait before a repeat, in seconds, as far as Meta states one; a dispatcher's own schedule adds to it.
 * Pair rate (131056): 4^X seconds before repeat X, counted from 0 (Meta, about the platform, 2025-12-05).
 * @param repeats how often the call was repeated already
 */
export function leastWaitSeconds(error: MetaError, repeats: number): number {
  return error.code === 131056 ? 4 ** repeats : (error.waitSeconds ?? 0);
}
