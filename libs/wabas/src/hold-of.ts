import type { Hold } from '#libs/tier-quota';
import type { Portfolio } from './entities.js';

/** What the provider holds a portfolio's limit to, over or not; undefined where it holds nothing. */
export const holdOf = ({ heldTo, heldUntil }: Pick<Portfolio, 'heldTo' | 'heldUntil'>): Hold | undefined =>
  heldTo && heldUntil ? { customers: heldTo, until: heldUntil } : undefined;
