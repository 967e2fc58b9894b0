import { createHash } from 'node:crypto';

/** An entry as the database gives it back: what the hash of its place in the chain is made of. */
export interface ChainedEntry {
  /** Place in the chain, from 1. */
  seq: number;
  entryId: string;
  /** UTC with microseconds, as `2026-11-22T09:30:00.123000Z`. */
  at: string;
  staffId: string | null;
  who: string;
  action: string;
  object: string;
  tenantId: string | null;
  /** JSON as PostgreSQL writes a jsonb. */
  before: string | null;
  after: string | null;
  reason: string;
  fromAddress: string | null;
  requestId: string | null;
  userAgent: string | null;
  sessionId: string | null;
}

/** The hash of an entry: SHA-256 of the hash before it and of everything that the entry says. */
export function chainHash(previous: Buffer, e: ChainedEntry): Buffer {
  const content = JSON.stringify([
    e.seq,
    e.entryId,
    e.at,
    e.staffId,
    e.who,
    e.action,
    e.object,
    e.tenantId,
    e.before,
    e.after,
    e.reason,
    e.fromAddress,
    e.requestId,
    e.userAgent,
    e.sessionId,
  ]);
  return createHash('sha256').update(previous).update(content).digest();
}

/** What the signature at the end of the chain signs, and what people write down: `57:9f86d081…`. */
export const headText = (seq: number, hash: Buffer): string => `${seq}:${hash.toString('hex')}`;

/** What the signature is for (Vault). */
export const HEAD_CONTEXT = 'audit-head';
