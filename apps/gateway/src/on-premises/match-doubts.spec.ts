import fc from 'fast-check';
import type { InDoubt } from '#libs/outbox';
import { matchDoubts, type Stray } from './match-doubts.js';

const CALLED = new Date('2026-11-22T10:00:00.400Z');
const inDoubt = (more: Partial<InDoubt> = {}): InDoubt => ({
  messageId: 'ours',
  recipient: '1555',
  underWay: false,
  calledAt: CALLED,
  ...more,
});
const stray = (more: Partial<Stray> = {}): Stray => ({
  metaMessageId: 'gBEG1',
  recipient: '1555',
  status: 'sent',
  at: new Date('2026-11-22T10:00:00Z'),
  ...more,
});
const matched = (strays: Stray[], doubts: InDoubt[]) => Object.fromEntries(matchDoubts(strays, doubts));

describe('a message whose call had no answer', () => {
  it('is known by whom it was for, when its first status comes', () => {
    expect(matched([stray()], [inDoubt(), inDoubt({ messageId: 'other', recipient: '1556' })])).toEqual({
      gBEG1: 'ours',
    });
    expect(matched([stray({ status: 'failed' })], [inDoubt()])).toEqual({ gBEG1: 'ours' });
    expect(matched([stray(), stray({ status: 'delivered' })], [inDoubt()])).toEqual({ gBEG1: 'ours' });
  });

  it.each<[string, Stray[], InDoubt[]]>([
    ['two messages to the customer are in doubt', [stray()], [inDoubt(), inDoubt({ messageId: 'second' })]],
    ['two unknown ids appear', [stray(), stray({ metaMessageId: 'gBEG2' })], [inDoubt()]],
    ['its call is still under way', [stray()], [inDoubt({ underWay: true })]],
    ['another is under way to the customer', [stray()], [inDoubt(), inDoubt({ messageId: 'b', underWay: true })]],
    ['the status is of an hour before the call', [stray({ at: new Date('2026-11-22T09:00:00Z') })], [inDoubt()]],
    ['the status is for another customer', [stray({ recipient: '1556' })], [inDoubt()]],
    ['the first that is told is that it was read', [stray({ status: 'read' })], [inDoubt()]],
  ])('is left alone where %s', (_, strays, doubts) => expect(matched(strays, doubts)).toEqual({}));
});

describe('whatever comes and is in doubt', () => {
  const CUSTOMERS = fc.constantFrom('1555', '1556', '1557');
  const minutes = fc.integer({ min: -5, max: 5 }).map((m) => new Date(CALLED.getTime() + m * 60_000));
  const strays = fc.array(
    fc.record({
      metaMessageId: fc.constantFrom('gBEG1', 'gBEG2', 'gBEG3', 'gBEG4'),
      recipient: CUSTOMERS,
      status: fc.constantFrom('sent', 'delivered', 'read', 'failed'),
      at: minutes,
    }),
  );
  const doubts = fc.uniqueArray(
    fc.record({
      messageId: fc.integer().map((n) => `m${n}`),
      recipient: CUSTOMERS,
      underWay: fc.boolean(),
      calledAt: minutes,
    }),
    { selector: (d) => d.messageId },
  );

  it('no message is given to two ids, to another customer, or where another of the customer could be meant', () => {
    fc.assert(
      fc.property(strays, doubts, (seen, inDoubt) => {
        const found = matchDoubts(seen, inDoubt);
        expect(new Set(found.values()).size).toBe(found.size);
        for (const [metaId, messageId] of found) {
          const message = inDoubt.find((d) => d.messageId === messageId) as InDoubt;
          expect(seen.some((s) => s.metaMessageId === metaId && s.recipient === message.recipient)).toBe(true);
          expect(inDoubt.filter((d) => d.recipient === message.recipient)).toEqual([message]);
        }
      }),
    );
  });

  it('the order in which it comes changes nothing', () => {
    fc.assert(
      fc.property(strays, doubts, (seen, inDoubt) => {
        const unique = [...new Map(seen.map((s) => [s.metaMessageId, s])).values()];
        expect(matchDoubts([...unique].reverse(), [...inDoubt].reverse())).toEqual(matchDoubts(unique, inDoubt));
      }),
    );
  });
});
