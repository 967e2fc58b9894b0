import {
  BRAZIL,
  block,
  heard,
  outcome,
  reaction,
  template,
  text,
  USER_ID,
  waba,
} from '../../../../test/fixtures/pricing-cases/build-case.js';

/** The free 1,000 of the month are used up, so every opening shows its price. */
const usedUp = (month: string) => ({ counters: { free_conversations: [{ waba: 'W1', month, count: 1000 }] } });

describe('2022: a conversation of 24 hours is charged by who began it', () => {
  const september = usedUp('2022-09');

  it('is begun by the business with a template, unless the template answers within 24 hours', () => {
    expect(outcome([template('m1', 'marketing', '2022-09-05T08:00:00Z')], september)).toEqual([
      'm1 Brazil business_initiated 0.0500',
    ]);
    // A template as an answer opens a user-initiated conversation; 24 h later to the second it no longer answers.
    const answered = [heard('u1', '2022-09-05T08:00:00Z'), template('m1', 'marketing', '2022-09-06T07:59:59Z')];
    expect(outcome(answered, september)).toEqual(['m1 Brazil user_initiated 0.0300']);
    const late = [heard('u1', '2022-09-05T08:00:00Z'), template('m1', 'marketing', '2022-09-06T08:00:00Z')];
    expect(outcome(late, september)).toEqual(['m1 Brazil business_initiated 0.0500']);
  });

  it('is begun by the user when a text opens it, whether or not we saw the user write', () => {
    expect(outcome([text('m1', '2022-09-05T08:00:00Z')], september)).toEqual(['m1 Brazil user_initiated 0.0300']);
    expect(
      outcome([template('m1', 'utility', '2022-09-05T08:00:00Z', { in_service_window: true })], september),
    ).toEqual(['m1 Brazil user_initiated 0.0300']);
  });

  it('covers everything for 24 hours, templates included, and is not made longer by it', () => {
    const events = [
      text('m1', '2022-09-05T08:00:00Z'),
      template('m2', 'marketing', '2022-09-05T20:00:00Z'),
      template('m3', 'utility', '2022-09-06T07:59:59Z'),
      template('m4', 'utility', '2022-09-06T08:00:00Z'),
    ];
    expect(outcome(events, september)).toEqual([
      'm1 Brazil user_initiated 0.0300',
      'm2 free: open_conversation',
      'm3 free: open_conversation',
      'm4 Brazil business_initiated 0.0500',
    ]);
  });

  it('counts on the free 1,000 of the WABA whatever its kind and number, and starts anew each local month', () => {
    const context = {
      wabas: [waba({ timezone: 'America/Sao_Paulo' })],
      counters: { free_conversations: [{ waba: 'W1', month: '2022-09', count: 998 }] },
    };
    const events = [
      text('m1', '2022-09-05T08:00:00Z'),
      template('m2', 'marketing', '2022-09-05T08:00:00Z', { number: 'N2' }),
      text('m3', '2022-10-01T02:59:59Z', { to: '+5511987650003' }),
      // 00:00 in São Paulo: October has its own 1,000.
      text('m4', '2022-10-01T03:00:00Z', { to: '+5511987650004' }),
    ];
    expect(outcome(events, context)).toEqual([
      'm1 free: free_conversation_tier',
      'm2 free: free_conversation_tier',
      'm3 Brazil user_initiated 0.0300',
      'm4 free: free_conversation_tier',
    ]);
  });

  it('needs no category of the template', () => {
    const nameless = { ...template('m1', '', '2022-09-05T08:00:00Z'), category: undefined };
    expect(outcome([nameless], september)).toEqual(['m1 Brazil business_initiated 0.0500']);
    expect(outcome([template('m1', 'whatever', '2022-09-05T08:00:00Z')], september)).toEqual([
      'm1 Brazil business_initiated 0.0500',
    ]);
  });

  it('opens one conversation for each message of a block', () => {
    const context = { counters: { free_conversations: [{ waba: 'W1', month: '2022-09', count: 900 }] } };
    expect(outcome([block('b1', 'text', 250, '2022-09-05T08:00:00Z')], context)).toEqual([
      'b1 Brazil user_initiated 0.0300 x150',
      'b1 free: free_conversation_tier x100',
    ]);
  });

  it('a conversation that could not be priced opened nothing', () => {
    // The card of 2022 lacks business-initiated conversations of Other in USD.
    const korea = { to: '+821012345678' };
    const events = [
      template('m1', 'utility', '2022-09-05T08:00:00Z', korea),
      text('m2', '2022-09-05T09:00:00Z', korea),
    ];
    const [first, second] = outcome(events, september);
    expect(first).toBe('m1 parked: no_rate');
    expect(second).toMatch(/^m2 Other user_initiated /);
  });

  it('has no price before February 2022', () => {
    expect(outcome([text('m1', '2022-01-31T23:59:59Z')])).toEqual(['m1 parked: no_rate']);
  });
});

describe('2023: conversations of a category, side by side', () => {
  const september = usedUp('2023-09');

  it('a second template of a category rides, one of another category opens its own', () => {
    const events = [
      template('m1', 'marketing', '2023-09-04T00:00:00Z'),
      template('m2', 'utility', '2023-09-04T04:00:00Z'),
      template('m3', 'utility', '2023-09-04T10:00:00Z'),
      template('m4', 'marketing', '2023-09-05T00:00:00Z'),
      template('m5', 'utility', '2023-09-05T03:59:59Z'),
    ];
    expect(outcome(events, september)).toEqual([
      'm1 Brazil marketing 0.0625',
      'm2 Brazil utility 0.0350',
      'm3 free: open_conversation',
      'm4 Brazil marketing 0.0625',
      'm5 free: open_conversation',
    ]);
  });

  it('utility inside the service window was not free', () => {
    const events = [
      heard('u1', '2023-09-04T08:00:00Z'),
      text('m1', '2023-09-04T09:00:00Z'),
      template('m2', 'utility', '2023-09-04T10:00:00Z'),
      text('m3', '2023-09-04T11:00:00Z'),
    ];
    expect(outcome(events, september)).toEqual([
      'm1 Brazil service 0.0300',
      'm2 Brazil utility 0.0350',
      'm3 free: open_conversation',
    ]);
  });

  it('only service conversations draw on the free 1,000', () => {
    const context = { counters: { free_conversations: [{ waba: 'W1', month: '2023-09', count: 999 }] } };
    const events = [
      template('m1', 'marketing', '2023-09-04T08:00:00Z', { to: '+5511987650002' }),
      text('m2', '2023-09-04T09:00:00Z'),
      text('m3', '2023-09-04T09:00:00Z', { to: '+5511987650003' }),
    ];
    expect(outcome(events, context)).toEqual([
      'm1 Brazil marketing 0.0625',
      'm2 free: free_conversation_tier',
      'm3 Brazil service 0.0300',
    ]);
  });

  it('the switch of June 2023 is at midnight of the WABA, and a conversation of the old kind still carries texts', () => {
    const context = { wabas: [waba({ timezone: 'America/Sao_Paulo' })], ...usedUp('2023-05') };
    const events = [
      template('m1', 'utility', '2023-06-01T02:59:59Z'),
      text('m2', '2023-06-01T03:00:00Z'),
      template('m3', 'utility', '2023-06-01T03:00:00Z', { to: '+5511987650002' }),
    ];
    expect(outcome(events, context)).toEqual([
      'm1 Brazil business_initiated 0.0500',
      'm2 free: open_conversation',
      'm3 Brazil utility 0.0350',
    ]);
  });

  it('keeps the price of its opening across a change of rates', () => {
    const events = [
      template('m1', 'utility', '2024-07-31T23:00:00Z'),
      template('m2', 'utility', '2024-08-01T22:59:59Z'),
      template('m3', 'utility', '2024-08-01T23:00:00Z'),
    ];
    expect(outcome(events)).toEqual([
      'm1 Brazil utility 0.0350',
      'm2 free: open_conversation',
      'm3 Brazil utility 0.0080',
    ]);
  });

  it('service is free without limit from November 2024, and a text still rides in what is open', () => {
    const events = [
      text('m1', '2024-11-01T00:00:00Z'),
      text('m2', '2024-11-01T01:00:00Z'),
      template('m3', 'utility', '2024-11-01T02:00:00Z'),
      text('m4', '2024-10-31T23:59:59Z', { to: '+5511987650002' }),
    ];
    expect(outcome(events, usedUp('2024-10'))).toEqual([
      'm1 free: service_free',
      'm2 free: open_conversation',
      'm3 Brazil utility 0.0080',
      'm4 Brazil service 0.0300',
    ]);
  });

  it('the webhook names a category only for a template that has none of its own', () => {
    const stated = (category: string) => ({
      statuses: [{ status: 'delivered', at: '2023-09-04T08:00:00Z', pricing: { pricing_model: 'CBP', category } }],
    });
    const at = '2023-09-04T08:00:00Z';
    const nameless = {
      ...template('m2', '', at, { to: '+5511987650002', ...stated('marketing') }),
      category: undefined,
    };
    expect(outcome([template('m1', 'utility', at, stated('marketing')), nameless], september)).toEqual([
      'm1 Brazil utility 0.0350',
      'm2 Brazil marketing 0.0625',
    ]);
  });

  it('a reaction opens no conversation and a free message needs no market', () => {
    const events = [
      reaction('r1', '2023-09-04T08:00:00Z'),
      text('m1', '2023-09-04T09:00:00Z'),
      text('m2', '2023-09-04T09:00:00Z', { to: USER_ID }),
    ];
    const context = { counters: { free_conversations: [{ waba: 'W1', month: '2023-09', count: 998 }] } };
    expect(outcome(events, context)).toEqual([
      'm1 free: free_conversation_tier',
      'm2 free: free_conversation_tier',
      'r1 free: reaction',
    ]);
    expect(outcome([text('m2', '2023-09-04T09:00:00Z', { to: USER_ID })], september)).toEqual([
      'm2 parked: unknown_market',
    ]);
  });

  it('belongs to a number and a user, not to the WABA', () => {
    const events = [
      template('m1', 'utility', '2023-09-04T08:00:00Z'),
      template('m2', 'utility', '2023-09-04T09:00:00Z', { number: 'N2', to: BRAZIL }),
    ];
    expect(outcome(events, september)).toEqual(['m1 Brazil utility 0.0350', 'm2 Brazil utility 0.0350']);
  });

  it('a WABA billed elsewhere opens its conversations all the same', () => {
    const context = { wabas: [waba({ billed_by: 'other', numbers: ['N1'] }), waba({ id: 'W2', numbers: ['N2'] })] };
    const events = [
      template('m1', 'marketing', '2023-09-04T08:00:00Z'),
      text('m2', '2023-09-04T09:00:00Z'),
      text('m3', '2023-09-04T09:00:00Z', { number: 'N2' }),
    ];
    expect(outcome(events, context)).toEqual([
      'm1 free: not_billed_here',
      'm2 free: not_billed_here',
      'm3 free: free_conversation_tier',
    ]);
  });
});
