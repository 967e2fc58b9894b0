import fc from 'fast-check';
import { type ChainedEntry, chainHash } from './audit-chain.js';

const text = fc.oneof(fc.string(), fc.constant(null));
const entry = fc.record({
  seq: fc.nat(),
  entryId: fc.uuid(),
  at: fc.string(),
  staffId: text,
  who: fc.string(),
  action: fc.string(),
  object: fc.string(),
  tenantId: text,
  before: text,
  after: text,
  reason: fc.string(),
  fromAddress: text,
  requestId: text,
  userAgent: text,
  sessionId: text,
}) as fc.Arbitrary<ChainedEntry>;
const hash = fc.uint8Array({ minLength: 32, maxLength: 32 }).map((bytes) => Buffer.from(bytes));

describe('the hash of an audit entry', () => {
  it('is another one when anything in the entry, or the entry before it, is another', () => {
    fc.assert(
      fc.property(hash, hash, entry, entry, (previous, other, a, b) => {
        expect(chainHash(previous, a).equals(chainHash(previous, { ...a }))).toBe(true);
        if (!previous.equals(other)) expect(chainHash(previous, a).equals(chainHash(other, a))).toBe(false);
        for (const field of Object.keys(a) as (keyof ChainedEntry)[]) {
          const changed = { ...a, [field]: b[field] };
          expect(chainHash(previous, a).equals(chainHash(previous, changed))).toBe(a[field] === b[field]);
        }
      }),
    );
  });

  it('is another one when text moves from one field to the next', () => {
    fc.assert(
      fc.property(hash, entry, (previous, a) => {
        const moved = { ...a, who: a.who + a.action, action: '' };
        expect(chainHash(previous, a).equals(chainHash(previous, moved))).toBe(a.action === '');
      }),
    );
  });
});
