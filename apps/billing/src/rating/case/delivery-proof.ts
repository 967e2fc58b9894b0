import type { Pricing } from '../verdict.js';
import { Fields } from './fields.js';

/** Statuses that prove delivery. `read` and `played` may come without `delivered` (Meta, status webhook reference). */
const PROOFS: ReadonlyMap<string, number> = new Map([
  ['delivered', 0],
  ['read', 1],
  ['played', 2],
]);

/** What the statuses of one message add up to, in whatever order and however often they come. */
export class DeliveryProof {
  /** The billing moment, or undefined while nothing proves delivery. */
  at: number | undefined;
  pricing: Pricing | undefined;
  /** The status that `pricing` came from, as a place in the order of preference. */
  #rank: readonly [kind: number, at: number, status: number, text: string] | undefined;

  /** Takes one entry of `statuses`, or a status that stands on its own. @throws InvalidCase */
  take(fields: Fields): void {
    const status = fields.needString('status');
    const at = fields.needInstant('at');
    const proof = PROOFS.get(status);
    if (proof !== undefined && (this.at === undefined || at < this.at)) this.at = at;
    const pricing = readPricing(fields);
    if (!pricing || (proof === undefined && status !== 'sent')) return;
    // The earliest proof of delivery that carries pricing, else `sent`. The rest only makes the choice between webhooks
    // of one instant independent of the order they are written down in.
    const rank = [proof === undefined ? 1 : 0, at, proof ?? 0, JSON.stringify(pricing)] as const;
    if (this.#rank && !isBefore(rank, this.#rank)) return;
    this.#rank = rank;
    this.pricing = pricing;
  }
}

function isBefore(a: readonly (number | string)[], b: readonly (number | string)[]): boolean {
  const i = a.findIndex((part, n) => part !== b[n]);
  return i >= 0 && (a[i] as number) < (b[i] as number);
}

/** `pricing` as it came; only its being an object is asked for, since Meta adds members and values. */
export function readPricing(fields: Fields): Pricing | undefined {
  const value = fields.raw('pricing');
  if (value === undefined) return undefined;
  const pricing = new Fields(value, `${fields.where}.pricing`);
  return {
    pricing_model: pricing.raw('pricing_model'),
    type: pricing.raw('type'),
    category: pricing.raw('category'),
  };
}
