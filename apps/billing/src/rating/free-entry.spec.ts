import {
  entered,
  heard,
  MEXICO,
  outcome,
  priced,
  reaction,
  template,
  text,
  waba,
} from '../../../../test/fixtures/pricing-cases/build-case.js';

describe('free entry', () => {
  it('lasts 24 hours from the answer until February 2023 and 72 hours since March', () => {
    const lived = (day: string, more: string) => [
      entered('u1', `${day}T10:00:00Z`),
      text('m1', `${day}T10:00:00Z`),
      template('m2', 'marketing', more),
    ];
    const context = {
      counters: { free_conversations: ['02', '03'].map((m) => ({ waba: 'W1', month: `2023-${m}`, count: 1000 })) },
    };
    expect(outcome(lived('2023-02-27', '2023-02-28T09:59:59Z'), context)[1]).toBe('m2 free: free_entry');
    expect(outcome(lived('2023-02-27', '2023-02-28T10:00:00Z'), context)[1]).toMatch(/^m2 Brazil business_initiated/);
    // Answered in February: 24 hours, although March has begun when they end.
    expect(outcome(lived('2023-02-28', '2023-03-01T10:00:00Z'), context)[1]).toMatch(/^m2 Brazil business_initiated/);
    expect(outcome(lived('2023-03-01', '2023-03-04T09:59:59Z'), context)[1]).toBe('m2 free: free_entry');
    expect(outcome(lived('2023-03-01', '2023-03-04T10:00:00Z'), context)[1]).toMatch(/^m2 Brazil business_initiated/);
  });

  it('is opened only by the next message, only within 24 hours, and only if the user came from a phone', () => {
    const marketing = (id: string, at: string) => template(id, 'marketing', at);
    expect(outcome([entered('u1', '2026-05-04T10:00:00Z'), marketing('m1', '2026-05-05T09:59:59Z')])).toEqual([
      'm1 free: free_entry',
    ]);
    expect(outcome([entered('u1', '2026-05-04T10:00:00Z'), marketing('m1', '2026-05-05T10:00:00Z')])).toEqual([
      'm1 Brazil marketing 0.0625',
    ]);
    for (const device of ['web', 'desktop']) {
      expect(
        outcome([entered('u1', '2026-05-04T10:00:00Z', { device }), marketing('m1', '2026-05-04T11:00:00Z')]),
      ).toEqual(['m1 Brazil marketing 0.0625']);
    }
    const ios = { device: 'ios', entry: 'facebook_page_cta' };
    expect(outcome([entered('u1', '2026-05-04T10:00:00Z', ios), marketing('m1', '2026-05-04T11:00:00Z')])).toEqual([
      'm1 free: free_entry',
    ]);
  });

  it('a late answer uses the entry up; a new entry needs a new answer', () => {
    const events = [
      entered('u1', '2026-05-04T10:00:00Z'),
      template('m1', 'marketing', '2026-05-05T11:00:00Z'),
      template('m2', 'marketing', '2026-05-05T11:01:00Z'),
      entered('u2', '2026-05-05T12:00:00Z'),
      template('m3', 'marketing', '2026-05-05T13:00:00Z'),
    ];
    expect(outcome(events)).toEqual([
      'm1 Brazil marketing 0.0625',
      'm2 Brazil marketing 0.0625',
      'm3 free: free_entry',
    ]);
  });

  it('an entry answered while a window is open opens no second one', () => {
    const events = [
      entered('u1', '2026-05-04T10:00:00Z'),
      text('m1', '2026-05-04T10:00:00Z'),
      entered('u2', '2026-05-07T09:00:00Z'),
      text('m2', '2026-05-07T09:30:00Z'),
      template('m3', 'marketing', '2026-05-07T10:00:00Z'),
    ];
    expect(outcome(events)).toEqual(['m1 free: free_entry', 'm2 free: free_entry', 'm3 Brazil marketing 0.0625']);
  });

  it('is answered by no reaction, no undelivered message, no other number and no message to another user', () => {
    const events = [
      entered('u1', '2026-05-04T10:00:00Z'),
      reaction('r1', '2026-05-04T10:01:00Z'),
      text('m1', '2026-05-04T10:02:00Z', { statuses: [] }),
      template('m2', 'marketing', '2026-05-04T10:03:00Z', { number: 'N2' }),
      template('m3', 'marketing', '2026-05-04T10:04:00Z', { to: MEXICO }),
      template('m4', 'marketing', '2026-05-04T12:00:00Z'),
      template('m5', 'marketing', '2026-05-07T11:59:59Z'),
    ];
    expect(outcome(events)).toEqual([
      'm1 free: not_delivered',
      'm2 Brazil marketing 0.0625',
      'm3 Mexico marketing 0.0305',
      'm4 free: free_entry',
      'm5 free: free_entry',
      'r1 free: reaction',
    ]);
  });

  it('is not answered by a message that is parked: what is not understood opens nothing', () => {
    const events = [
      entered('u1', '2026-05-04T10:00:00Z'),
      template('m1', 'astrology', '2026-05-04T11:00:00Z'),
      template('m2', 'marketing', '2026-05-04T12:00:00Z'),
      template('m3', 'marketing', '2026-05-07T11:59:59Z'),
    ];
    expect(outcome(events)).toEqual(['m1 parked: unknown_category', 'm2 free: free_entry', 'm3 free: free_entry']);
  });

  it('a plain message of the user in between leaves the entry waiting for its answer', () => {
    const events = [
      entered('u1', '2026-05-04T10:00:00Z'),
      heard('u2', '2026-05-04T11:00:00Z'),
      template('m1', 'marketing', '2026-05-05T10:00:00Z'),
      template('m2', 'utility', '2026-05-05T10:30:00Z'),
    ];
    // 24 hours after the entry, though not after the latest message.
    expect(outcome(events)).toEqual(['m1 Brazil marketing 0.0625', 'm2 free: service_window']);
  });

  it('closes every other conversation, lets none open, and uses no free conversation', () => {
    const events = [
      template('m1', 'marketing', '2024-03-01T00:00:00Z'),
      template('m2', 'utility', '2024-03-01T01:00:00Z'),
      entered('u1', '2024-03-01T02:00:00Z'),
      text('m3', '2024-03-01T03:00:00Z'),
      template('m4', 'authentication', '2024-03-01T04:00:00Z'),
      text('m5', '2024-03-04T02:59:59Z'),
      // The window has ended; the conversations it closed do not come back, and m4 opened none.
      template('m6', 'authentication', '2024-03-04T03:00:00Z'),
    ];
    const context = { counters: { free_conversations: [{ waba: 'W1', month: '2024-03', count: 999 }] } };
    expect(outcome(events, context)).toEqual([
      'm1 Brazil marketing 0.0625',
      'm2 Brazil utility 0.0350',
      'm3 free: free_entry',
      'm4 free: free_entry',
      'm5 free: free_entry',
      'm6 Brazil authentication 0.0315',
    ]);
    const later = [...events, text('m7', '2024-03-10T00:00:00Z')];
    expect(outcome(later, context)).toContain('m7 free: free_conversation_tier');
  });

  it('a window opened before the switch of July 2025 runs on after it', () => {
    const events = [
      entered('u1', '2025-06-29T10:00:00Z'),
      text('m1', '2025-06-29T11:00:00Z'),
      template('m2', 'marketing', '2025-07-02T10:59:59Z'),
      template('m3', 'marketing', '2025-07-02T11:00:00Z'),
    ];
    expect(outcome(events)).toEqual(['m1 free: free_entry', 'm2 free: free_entry', 'm3 Brazil marketing 0.0625']);
  });
});

describe('from October 2026 only Meta knows when free entry ends', () => {
  it('parks what carries no type: a day from the entry, and seven days from an answer in time', () => {
    const events = [
      entered('u1', '2026-10-05T10:00:00Z'),
      text('m1', '2026-10-05T12:00:00Z'),
      template('m2', 'marketing', '2026-10-12T11:59:59Z'),
      template('m3', 'marketing', '2026-10-12T12:00:00Z'),
      reaction('r1', '2026-10-06T12:00:00Z'),
    ];
    expect(outcome(events)).toEqual([
      'm1 parked: free_entry_undecided',
      'm2 parked: free_entry_undecided',
      'm3 Brazil marketing 0.0625',
      'r1 free: reaction',
    ]);
  });

  it('an entry that nobody answered in time is over after a day', () => {
    const events = [
      entered('u1', '2026-10-05T10:00:00Z'),
      template('m1', 'marketing', '2026-10-06T10:00:00Z'),
      template('m2', 'marketing', '2026-10-06T10:01:00Z'),
    ];
    expect(outcome(events)).toEqual(['m1 Brazil marketing 0.0625', 'm2 Brazil marketing 0.0625']);
  });

  it('follows the type where there is one, and takes no allowance for free entry', () => {
    const at = '2026-10-05T12:00:00Z';
    const events = [
      entered('u1', '2026-10-05T10:00:00Z'),
      { ...text('m1', at), ...priced(at, { type: 'free_entry_point', category: 'service' }) },
      template('m2', 'marketing', at, priced(at, { type: 'regular', category: 'marketing' })),
      // Meta's word on m1 does not tell when the window ends.
      text('m3', '2026-10-11T12:00:00Z'),
      text('m4', '2026-10-20T12:00:00Z'),
    ];
    const context = { counters: { service_allowance: [{ number: 'N1', month: '2026-10', count: 999 }] } };
    expect(outcome(events, context)).toEqual([
      'm1 free: free_entry',
      'm2 Brazil marketing 0.0625',
      'm3 parked: free_entry_undecided',
      'm4 free: service_allowance',
    ]);
  });

  it('also for a window that was opened in September, and by the local day', () => {
    const events = [
      entered('u1', '2026-09-29T10:00:00Z'),
      text('m1', '2026-09-29T12:00:00Z'),
      template('m2', 'marketing', '2026-10-01T02:59:59Z'),
      template('m3', 'marketing', '2026-10-01T03:00:00Z'),
    ];
    expect(outcome(events, { wabas: [waba({ timezone: 'America/Sao_Paulo' })] })).toEqual([
      'm1 free: free_entry',
      'm2 free: free_entry',
      'm3 parked: free_entry_undecided',
    ]);
  });

  it('a web user and a group decide nothing', () => {
    const events = [
      entered('u1', '2026-10-05T10:00:00Z', { device: 'web' }),
      template('m1', 'marketing', '2026-10-05T11:00:00Z'),
      entered('u2', '2026-10-05T10:00:00Z', { from: MEXICO }),
      {
        kind: 'group_text',
        id: 'g1',
        number: 'N1',
        group: 'G1',
        sent_at: '2026-10-05T11:00:00Z',
        deliveries: [{ to: MEXICO, at: '2026-10-05T11:00:00Z' }],
      },
    ];
    expect(outcome(events)).toEqual(['g1 free: service_allowance', 'm1 Brazil marketing 0.0625']);
  });
});
