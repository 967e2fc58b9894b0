import fc from 'fast-check';
import {
  judgeStatus,
  MESSAGE_STATUSES,
  type MessageStatus,
  provesDelivery,
  readAnswer,
  readStatus,
  type StatusReport,
} from './index.js';

const REPORTS = ['submitted', 'held', 'sent', 'failed', 'delivered', 'read', 'played'] as const;
const report = fc.constantFrom<StatusReport>(...REPORTS);
const live = (from: MessageStatus, reports: readonly StatusReport[]): MessageStatus =>
  reports.reduce<MessageStatus>((held, next) => (judgeStatus(held, next) === 'apply' ? next : held), from);

describe('reports of Meta about a message', () => {
  it.each([
    ['submitted', 'sent', 'apply'],
    ['sent', 'delivered', 'apply'],
    ['sent', 'read', 'apply'], // Meta may leave delivered out
    ['read', 'played', 'apply'],
    ['delivered', 'sent', 'record'], // late
    ['delivered', 'failed', 'record'],
    ['failed', 'delivered', 'apply'], // the phone has it, whatever was reported before
    ['read', 'delivered', 'record'],
    ['delivered', 'delivered', 'repeat'],
    ['sending', 'delivered', 'apply'], // the webhook overtook the answer to the call
    ['delivered', 'submitted', 'record'], // and now the answer comes
    ['unknown', 'sent', 'apply'],
    ['held', 'failed', 'apply'],
    ['expired', 'sent', 'record'],
    ['expired', 'delivered', 'apply'],
    ['cancelled', 'delivered', 'apply'],
  ] as const)('held %s, reported %s: %s', (held, next, judgement) => {
    expect(judgeStatus(held, next)).toBe(judgement);
  });

  it('end in the same state in whatever order and however often they come', () => {
    // The reports once, and the same reports with repeats in another order.
    const twoTellings = fc.array(report, { minLength: 1, maxLength: 6 }).chain((once) => {
      const twice = [...once, ...once];
      return fc.tuple(fc.constant(once), fc.shuffledSubarray(twice, { minLength: twice.length }));
    });
    fc.assert(
      fc.property(fc.constantFrom(...MESSAGE_STATUSES), twoTellings, (from, [once, again]) => {
        expect(live(from, again)).toBe(live(from, once));
      }),
    );
  });

  it('give way to each other the same way round, whichever of two comes first', () => {
    for (const from of MESSAGE_STATUSES) {
      for (const one of REPORTS) {
        for (const other of REPORTS) {
          expect(live(from, [one, other])).toBe(live(from, [other, one]));
          expect(live(from, [one, one])).toBe(live(from, [one]));
        }
      }
    }
  });

  it('never undo a delivery', () => {
    fc.assert(
      fc.property(fc.constantFrom(...MESSAGE_STATUSES), fc.array(report), (from, reports) => {
        if (reports.some(provesDelivery)) expect(provesDelivery(live(from, reports))).toBe(true);
      }),
    );
  });

  it('settle a message whose call had no answer', () => {
    for (const next of REPORTS) expect(judgeStatus('unknown', next)).toBe('apply');
  });
});

describe('the words of Meta', () => {
  it('are read where they move a message and left alone where they do not', () => {
    expect(['sent', 'delivered', 'read', 'played', 'failed'].map(readStatus)).toEqual([
      'sent',
      'delivered',
      'read',
      'played',
      'failed',
    ]);
    expect(['deleted', 'warning', 'SENT', 'constructor', ''].map(readStatus)).toEqual(Array(5).fill(undefined));
  });

  it('in the answer to a send say whether the template is judged first', () => {
    expect([undefined, 'accepted', 'held_for_quality_assessment', 'paused', 'new'].map(readAnswer)).toEqual([
      'submitted',
      'submitted',
      'held',
      'held',
      'submitted',
    ]);
  });
});
