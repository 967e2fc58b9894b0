import {
  BRAZIL,
  block,
  GERMANY,
  heard,
  type Json,
  MEXICO,
  outcome,
  priced,
  reaction,
  template,
  text,
  USER_ID,
  waba,
} from '../../../../test/fixtures/pricing-cases/build-case.js';

describe('from July 2025 each delivered template is charged', () => {
  it('two utility templates a minute apart are two charges, inside the service window none', () => {
    const events = [
      template('m1', 'utility', '2026-05-04T10:00:00Z'),
      template('m2', 'utility', '2026-05-04T10:01:00Z'),
      heard('u1', '2026-05-04T12:00:00Z'),
      template('m3', 'utility', '2026-05-04T12:00:00Z'),
      template('m4', 'marketing', '2026-05-04T12:01:00Z'),
      template('m5', 'authentication', '2026-05-04T12:02:00Z'),
      text('m6', '2026-05-04T12:03:00Z'),
      template('m7', 'utility', '2026-05-05T11:59:59Z'),
      template('m8', 'utility', '2026-05-05T12:00:00Z'),
    ];
    expect(outcome(events)).toEqual([
      'm1 Brazil utility 0.0068',
      'm2 Brazil utility 0.0068',
      'm3 free: service_window',
      'm4 Brazil marketing 0.0625',
      'm5 Brazil authentication 0.0068',
      'm6 free: service_free',
      'm7 free: service_window',
      'm8 Brazil utility 0.0068',
    ]);
  });

  it('what the case says of the window outweighs the user messages it holds', () => {
    const events = [
      heard('u1', '2026-05-04T12:00:00Z'),
      template('m1', 'utility', '2026-05-04T13:00:00Z', { in_service_window: false }),
      template('m2', 'utility', '2026-05-09T13:00:00Z', { in_service_window: true }),
    ];
    expect(outcome(events)).toEqual(['m1 Brazil utility 0.0068', 'm2 free: service_window']);
  });

  it('the window belongs to one number and one user', () => {
    const events = [
      heard('u1', '2026-05-04T12:00:00Z'),
      template('m1', 'utility', '2026-05-04T13:00:00Z', { number: 'N2' }),
      template('m2', 'utility', '2026-05-04T13:00:00Z', { to: MEXICO }),
    ];
    expect(outcome(events)).toEqual(['m1 Brazil utility 0.0068', 'm2 Mexico utility 0.0085']);
  });

  it('Marketing Messages are charged as marketing', () => {
    expect(outcome([template('m1', 'marketing_lite', '2026-05-04T10:00:00Z')])).toEqual(['m1 Brazil marketing 0.0625']);
  });

  it('a utility conversation opened before the switch still carries utility templates until it ends, and nothing else', () => {
    const events = [
      template('m1', 'utility', '2025-06-30T12:00:00Z'),
      template('m2', 'utility', '2025-07-01T11:59:59Z'),
      template('m3', 'marketing', '2025-07-01T11:00:00Z'),
      template('m4', 'utility', '2025-07-01T12:00:00Z'),
      template('m5', 'marketing', '2025-06-30T12:00:00Z', { to: MEXICO }),
      template('m6', 'marketing', '2025-07-01T11:00:00Z', { to: MEXICO }),
    ];
    expect(outcome(events)).toEqual([
      'm1 Brazil utility 0.0080',
      'm2 free: open_conversation',
      'm3 Brazil marketing 0.0625',
      'm4 Brazil utility 0.0068',
      'm5 Mexico marketing 0.0436',
      'm6 Mexico marketing 0.0436',
    ]);
  });

  it('is charged by the card of the delivery, however long before the message was sent', () => {
    const sent = { sent_at: '2026-09-20T10:00:00Z' };
    const delivered = (at: string): Json => ({ ...sent, statuses: [{ status: 'delivered', at }] });
    const at = '2026-09-20T10:00:00Z';
    const context = { wabas: [waba({ timezone: 'America/Sao_Paulo' })] };
    expect(
      outcome(
        [
          // A utility template in the window: free until midnight in São Paulo, charged after.
          heard('u1', '2026-10-01T01:00:00Z'),
          template('m1', 'utility', at, delivered('2026-10-01T02:59:59Z')),
          template('m2', 'utility', at, delivered('2026-10-01T03:00:00Z')),
        ],
        context,
      ),
    ).toEqual(['m1 free: service_window', 'm2 Brazil utility 0.0068']);
  });

  it('a market that moved is priced where it stands on the day of delivery', () => {
    const zimbabwe = { to: '+263712345678' };
    expect(
      outcome([
        template('m1', 'utility', '2025-09-30T23:59:59Z', zimbabwe),
        template('m2', 'utility', '2025-10-01T00:00:00Z', zimbabwe),
      ]).map((line) => line.replace(/ [\d.]+$/, '')),
    ).toEqual(['m1 Other utility', 'm2 Rest of Africa utility']);
  });
});

describe("Meta's word in the status webhook decides", () => {
  const at = '2026-05-04T10:00:00Z';
  const webhook = (id: string, stored: string, pricing: Json, more: Json = {}) =>
    template(id, stored, at, { ...priced(at, pricing), ...more });

  it('type decides free or charged against our windows, category the row against the stored one', () => {
    const events = [
      heard('u1', '2026-05-04T09:00:00Z'),
      webhook('m1', 'utility', { type: 'regular', category: 'utility' }),
      webhook('m2', 'utility', { type: 'free_customer_service', category: 'utility' }, { to: MEXICO }),
      webhook('m3', 'utility', { type: 'regular', category: 'marketing' }),
      webhook('m4', 'marketing', { type: 'free_entry_point', category: 'marketing' }),
      webhook('m5', 'marketing', { type: 'free_customer_service', category: 'marketing' }),
      { ...text('m6', at), ...priced(at, { type: 'free_customer_service', category: 'service' }) },
      webhook('m7', 'marketing', { type: 'regular', category: 'referral_conversion' }),
    ];
    expect(outcome(events)).toEqual([
      'm1 Brazil utility 0.0068',
      'm2 free: service_window',
      'm3 Brazil marketing 0.0625',
      'm4 free: free_entry',
      'm5 free: free_by_webhook',
      'm6 free: service_free',
      'm7 free: free_entry',
    ]);
  });

  it('what it leaves out is computed, and billable is not looked at', () => {
    const events = [
      heard('u1', '2026-05-04T09:00:00Z'),
      // Category without type: our window decides.
      webhook('m1', 'marketing', { category: 'utility', billable: true }),
      // Type without category: the stored category decides.
      webhook('m2', 'utility', { type: 'regular', billable: false }),
      webhook('m3', 'marketing', { billable: false }),
    ];
    expect(outcome(events)).toEqual([
      'm1 free: service_window',
      'm2 Brazil utility 0.0068',
      'm3 Brazil marketing 0.0625',
    ]);
  });

  it('a message of the old model rides in an open conversation', () => {
    expect(outcome([webhook('m1', 'utility', { pricing_model: 'CBP', category: 'utility' })])).toEqual([
      'm1 free: open_conversation',
    ]);
  });

  it('is taken from the earliest proof of delivery that carries it, else from sent', () => {
    const pricing = (category: string) => ({ pricing: { pricing_model: 'PMP', type: 'regular', category } });
    const statuses = [
      { status: 'read', at: '2026-05-04T10:00:09Z', ...pricing('authentication') },
      { status: 'sent', at: '2026-05-04T10:00:00Z', ...pricing('marketing') },
      { status: 'delivered', at: '2026-05-04T10:00:05Z' },
      { status: 'read', at: '2026-05-04T10:00:07Z', ...pricing('utility') },
      { status: 'failed', at: '2026-05-04T10:00:01Z', ...pricing('service') },
    ];
    const sentOnly = statuses.filter((s) => s.status !== 'read');
    expect(
      outcome([
        template('m1', 'authentication', at, { statuses }),
        template('m2', 'authentication', at, { statuses: sentOnly }),
      ]),
    ).toEqual(['m1 Brazil utility 0.0068', 'm2 Brazil marketing 0.0625']);
  });

  it('spells categories with hyphens at times', () => {
    expect(
      outcome([
        webhook(
          'm1',
          'authentication',
          { type: 'regular', category: 'authentication-international' },
          { to: '+919812345678' },
        ),
        webhook('m2', 'authentication', { type: 'regular', category: 'marketing-lite' }),
        webhook('m3', 'authentication', { type: 'regular', category: 'group-utility' }),
      ]),
    ).toEqual([
      'm1 India authentication_international 0.0304',
      'm2 Brazil marketing 0.0625',
      'm3 Brazil utility 0.0068',
    ]);
  });

  it('a service message called regular before October 2026 costs the printed price of nothing', () => {
    expect(outcome([{ ...text('m1', at), ...priced(at, { type: 'regular', category: 'service' }) }])).toEqual([
      'm1 Brazil service 0.0000',
    ]);
  });
});

describe('what is delivered, and when', () => {
  const at = '2026-05-04T10:00:00Z';

  it('read or played prove delivery, the earliest of them is the moment, and a failure after it changes nothing', () => {
    const events = [
      template('m1', 'marketing', at, { statuses: [{ status: 'read', at }] }),
      text('m2', at, { statuses: [{ status: 'played', at }] }),
      template('m3', 'marketing', at, {
        statuses: [
          { status: 'failed', at: '2026-05-04T10:00:09Z', errors: [131049] },
          { status: 'delivered', at },
        ],
      }),
      template('m4', 'marketing', at, {
        statuses: [
          { status: 'deleted', at },
          { status: 'sent', at },
        ],
      }),
      template('m5', 'marketing', at, { statuses: undefined }),
      // Read before midnight, reported delivered after it, when Hungary has become a market of its own.
      template('m6', 'utility', at, {
        to: '+36201234567',
        statuses: [
          { status: 'delivered', at: '2026-07-01T00:00:10Z' },
          { status: 'read', at: '2026-06-30T23:59:59Z' },
        ],
      }),
    ];
    expect(outcome(events)).toEqual([
      'm1 Brazil marketing 0.0625',
      'm2 free: service_free',
      'm3 Brazil marketing 0.0625',
      'm4 free: not_delivered',
      'm5 free: not_delivered',
      'm6 Rest of Central & Eastern Europe utility 0.0212',
    ]);
  });

  it('statuses may stand alone, anywhere, repeated, or in a repeat of the event', () => {
    const status = (status: string, time: string): Json => ({ kind: 'status', message: 'm1', status, at: time });
    const events = [
      status('read', '2026-05-04T10:00:03Z'),
      status('delivered', '1777888802'),
      status('delivered', '1777888802'),
      template('m1', 'marketing', at, { statuses: [] }),
      template('m1', 'utility', at, { to: MEXICO, statuses: [{ status: 'played', at: 1777888803 }] }),
    ];
    expect(outcome(events)).toEqual(['m1 Brazil marketing 0.0625']);
    expect(outcome(events.reverse())).toEqual(['m1 Mexico utility 0.0085']);
  });

  it('a user message at the instant of the delivery opened the window just before', () => {
    expect(outcome([template('m1', 'utility', at), heard('u1', at)])).toEqual(['m1 free: service_window']);
  });

  it('a reaction is free and answers nothing', () => {
    expect(outcome([reaction('r1', at, { to: USER_ID })])).toEqual(['r1 free: reaction']);
  });
});

describe('the category of a template is the one it had when it was sent', () => {
  const change = (id: string, at: string, more: Json = {}): Json => ({
    kind: 'template_category_update',
    id,
    at,
    template: 'order_update',
    previous_category: 'UTILITY',
    new_category: 'MARKETING',
    ...more,
  });
  const context = { templates: [{ name: 'order_update', category: 'utility' }] };
  const use = (id: string, at: string, delivered = at) => ({
    ...template(id, '', at, { template: 'order_update', statuses: [{ status: 'delivered', at: delivered }] }),
    category: undefined,
  });

  it('changes at the instant Meta says, by the time of sending and not of delivery', () => {
    const events = [
      use('m1', '2026-05-04T23:59:59Z', '2026-05-06T10:00:00Z'),
      use('m2', '2026-05-05T00:00:00Z'),
      change('w1', '2026-05-05T00:00:00Z'),
    ];
    expect(outcome(events, context)).toEqual(['m1 Brazil utility 0.0068', 'm2 Brazil marketing 0.0625']);
    // Without the template in the context, the change itself tells what it was before.
    expect(outcome(events)).toEqual(['m1 Brazil utility 0.0068', 'm2 Brazil marketing 0.0625']);
  });

  it('does not change on notice', () => {
    const notice = change('w1', '2026-05-04T00:00:00Z', { new_category: 'UTILITY', correct_category: 'MARKETING' });
    expect(outcome([notice, use('m1', '2026-05-05T00:00:00Z')], context)).toEqual(['m1 Brazil utility 0.0068']);
  });

  it('a category stored with the message outweighs that of its template', () => {
    const event = template('m1', 'authentication', '2026-05-04T10:00:00Z', { template: 'order_update' });
    expect(outcome([event], context)).toEqual(['m1 Brazil authentication 0.0068']);
  });

  it('a template nobody knows, or a category nobody knows, waits for a person', () => {
    const events = [use('m1', '2026-05-05T00:00:00Z'), change('w1', '2026-05-06T00:00:00Z', { template: 'other' })];
    expect(outcome(events)).toEqual(['m1 parked: unknown_category']);
    const strange = change('w1', '2026-05-04T00:00:00Z', { new_category: 'ASTROLOGY' });
    expect(outcome([strange, use('m1', '2026-05-05T00:00:00Z')], context)).toEqual(['m1 parked: unknown_category']);
  });
});

describe('groups', () => {
  const group = (id: string, category: string, more: Json = {}): Json => ({
    kind: category === 'text' ? 'group_text' : 'group_template',
    id,
    ...(category !== 'text' && { category }),
    number: 'N1',
    group: 'G1',
    sent_at: '2026-05-04T10:00:00Z',
    deliveries: [{ to: BRAZIL, at: '2026-05-04T10:00:01Z' }],
    ...more,
  });

  it('any member opens the window for the whole group, but not for the pair, nor a pair for the group', () => {
    const events = [
      heard('u1', '2026-05-04T09:00:00Z', { group: 'G1', from: MEXICO }),
      group('g1', 'utility'),
      group('g2', 'utility', { group: 'G2' }),
      template('m1', 'utility', '2026-05-04T10:00:00Z', { to: MEXICO }),
      heard('u2', '2026-05-04T09:00:00Z'),
      group('g3', 'utility', { group: 'G3' }),
    ];
    expect(outcome(events)).toEqual([
      'g1 free: service_window',
      'g2 Brazil utility 0.0068',
      'g3 Brazil utility 0.0068',
      'm1 Mexico utility 0.0085',
    ]);
  });

  it('take the list price and are not counted', () => {
    const volume = { portfolio: 'default', market: 'Mexico', category: 'utility', month: '2026-05', count: 999_999 };
    const events = [
      group('g1', 'utility', { deliveries: Array(3).fill({ to: MEXICO, at: '2026-05-04T10:00:01Z' }) }),
      template('m1', 'utility', '2026-05-04T11:00:00Z', { to: MEXICO }),
      template('m2', 'utility', '2026-05-04T12:00:00Z', { to: MEXICO }),
    ];
    expect(outcome(events, { counters: { volume: [volume] } })).toEqual([
      'g1 Mexico utility 0.0085 x3',
      'm1 Mexico utility 0.0085',
      'm2 Mexico utility 0.0081',
    ]);
  });

  it('each delivery is priced by itself, with its own webhook', () => {
    const at = '2026-05-04T10:00:01Z';
    const deliveries = [
      {
        to: BRAZIL,
        at,
        pricing: { pricing_model: 'PMP', type: 'free_group_customer_service', category: 'group_utility' },
      },
      { to: MEXICO, at, pricing: { pricing_model: 'PMP', type: 'regular', category: 'group_marketing' } },
      { to: USER_ID, at },
      { to: GERMANY },
    ];
    expect(outcome([group('g1', 'utility', { deliveries }), group('g2', 'text')])).toEqual([
      'g1 Mexico marketing 0.0305',
      'g1 free: not_delivered',
      'g1 free: service_window',
      'g1 parked: unknown_market',
      'g2 free: service_free',
    ]);
  });

  it('did not exist before July 2025', () => {
    const old = group('g1', 'utility', {
      sent_at: '2025-06-30T23:00:00Z',
      deliveries: [
        { to: BRAZIL, at: '2025-06-30T23:59:59Z' },
        { to: MEXICO, at: '2025-07-01T00:00:00Z' },
      ],
    });
    expect(outcome([old])).toEqual(['g1 Mexico utility 0.0085', 'g1 parked: unknown_kind']);
  });
});

describe('a block of messages', () => {
  it('is closed to the service window unless it says otherwise, and follows its webhook', () => {
    expect(
      outcome([
        block('b1', 'utility', 10, '2026-05-04T10:00:00Z'),
        block('b2', 'utility', 10, '2026-05-04T10:00:00Z', { in_service_window: true }),
        block('b3', 'marketing', 10, '2026-05-04T10:00:00Z', { pricing: { type: 'free_entry_point' } }),
        block('b4', 'text', 10, '2026-05-04T10:00:00Z'),
        block('b5', 'utility', 0, '2026-05-04T10:00:00Z'),
      ]),
    ).toEqual([
      'b1 Brazil utility 0.0068 x10',
      'b2 free: service_window x10',
      'b3 free: free_entry x10',
      'b4 free: service_free x10',
      'b5 free: not_delivered x0',
    ]);
  });
});
