import fc from 'fast-check';
import { placeOf, tierEnds } from './facts.js';
import type { Json } from './read-case.js';

const HOUR = 3_600_000;
/** Days around which a rule, a card, a month, a list of markets or a clock changes; rating looks a few days around one. */
const TURNS = [
  '2022-02-10',
  '2022-12-01',
  '2023-03-01',
  '2023-06-01',
  '2023-09-10',
  '2024-03-31', // Europe/Berlin turns its clocks
  '2024-07-01',
  '2024-10-27', // and back
  '2024-11-01',
  '2025-02-01',
  '2025-07-01',
  '2025-07-01',
  '2025-10-01',
  '2026-01-01',
  '2026-03-08', // America/New_York turns its clocks
  '2026-04-01',
  '2026-05-12',
  '2026-07-01',
  '2026-10-01',
  '2026-10-01',
  '2026-10-12',
  '2026-11-01', // America/New_York turns them back
];
/** Days around which conversations, windows or free entry change. */
const PAIR_TURNS = ['2023-03-01', '2023-06-01', '2024-11-01', '2025-07-01', '2025-07-01', '2026-10-01', '2026-10-12'];
const ZONES = [
  'UTC',
  'America/Sao_Paulo',
  'Asia/Kolkata',
  'Europe/Berlin',
  'America/New_York',
  'Pacific/Auckland',
  'Pacific/Kiritimati',
  'Asia/Kathmandu',
  'Australia/Lord_Howe',
];
const USERS = [
  '+5511987650001',
  '+4915112345678',
  '+919812345678',
  '+6281234567890',
  '+5215512345678',
  '+905321234567',
  '+77011234567',
  '+79161234567',
  '+14155550123',
  '+18095550123',
  '+13455550123',
  '+48512345678',
  '+27821234567',
  '+201001234567',
  '+263771234567',
  '+966501234567',
  '+56912345678',
  '+212612345678',
  '+212528812345',
  '+8801712345678',
  '+390669812345',
  '+393331234567',
  '+99912345',
  'US.13491208655302741918',
];
/** Users whose market has tiers, most of them in a market with an authentication-international price. */
const TIERED = ['+5511987650001', '+919812345678', '+6281234567890', '+27821234567', '+201001234567', '+5215512345678'];
const NUMBERS = ['N1', 'N2', 'N3', 'N4'];
const CATEGORIES = ['marketing', 'utility', 'authentication'];
const MARKETS = ['Brazil', 'Germany', 'India', 'Indonesia', 'Mexico', 'Turkey', 'Other', 'Egypt', 'Saudi Arabia'];

/** `common` in most cases, `rare` in a few. */
const mostly = <T>(common: fc.Arbitrary<T>, rare: fc.Arbitrary<T>, weight = 12): fc.Arbitrary<T> =>
  fc.oneof({ weight, arbitrary: common }, { weight: 1, arbitrary: rare });
const one = <T>(...values: T[]): fc.Arbitrary<T> => fc.constantFrom(...values);
const maybe = <T>(arbitrary: fc.Arbitrary<T>, weight = 1): fc.Arbitrary<T | undefined> =>
  fc.oneof({ weight, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary });
/** Without the fields that are undefined. */
const tidy = (json: Json): Json => JSON.parse(JSON.stringify(json));

/** Hours from the turn, often whole days apart, so that ends of windows are hit to the second. */
const hours = fc
  .record({ day: fc.integer({ min: -4, max: 5 }), hour: one(0, 0, 0, 4, 9, 18, 22), second: one(0, 0, 0, 1, -1) })
  .map(({ day, hour, second }) => day * 24 + hour + second / 3600);
const delay = one(0, 0, 0, 1 / 3600, 1, 5, 24, 30);

const plainPricing = (category: fc.Arbitrary<string | undefined>, types: (string | undefined)[]) =>
  fc.record({
    pricing_model: mostly(one<string | undefined>('PMP', 'PMP', undefined), one('CBP', 'CBP', 'XYZ')),
    type: mostly(one(...types), one<string | undefined>('free_of_mood', 'free_group_customer_service'), 25),
    category: mostly(maybe(category), one<string | undefined>('vanity'), 25),
    billable: one(true, false),
  });
const TYPES = ['regular', 'regular', 'free_customer_service', 'free_entry_point', undefined, undefined];
const pricingWith = (...more: string[]) =>
  maybe(
    plainPricing(
      one<string | undefined>(
        ...CATEGORIES,
        'marketing_lite',
        ...more,
        'authentication-international',
        'authentication_international',
        'referral_conversion',
        'service',
      ),
      TYPES,
    ),
    2,
  );
const pricingOfTemplate = pricingWith();
const pricingOfGroupTemplate = pricingWith('group_utility', 'group-marketing', 'group_utility');
const pricingOfText = maybe(plainPricing(one<string | undefined>('service', 'service', 'group_service'), TYPES), 2);

const statuses = (pricing: fc.Arbitrary<unknown>) =>
  fc
    .oneof(
      { weight: 6, arbitrary: one(['sent', 'delivered'], ['sent', 'delivered', 'read']) },
      {
        weight: 2,
        arbitrary: one(['read'], ['played', 'delivered'], ['delivered', 'delivered', 'failed'], ['read', 'sent']),
      },
      { weight: 1, arbitrary: one<string[]>([], ['sent'], ['failed', 'sent'], ['warning']) },
    )
    .chain((names) =>
      fc.tuple(...names.map((status) => fc.record({ status: fc.constant(status), after: delay, pricing }))),
    );

const templateCategory = mostly(one<string | undefined>(...CATEGORIES, 'utility', 'marketing_lite'), one('vanity'), 40);
const templateFields = fc.oneof(
  { weight: 4, arbitrary: templateCategory.map((category): Json => ({ category })) },
  { weight: 1, arbitrary: one('T1', 'T2').map((template): Json => ({ template })) },
);
const nothing = fc.constant<Json>({});
const isWindow = maybe(fc.boolean(), 5);
const number = mostly(one(...NUMBERS, 'N1', 'N1'), one('N9'), 40);
const user = one(0, 0, 0, 1, 1, 2);

const message = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({ kind: fc.constant('template'), own: templateFields, statuses: statuses(pricingOfTemplate) }),
  },
  { weight: 5, arbitrary: fc.record({ kind: fc.constant('text'), own: nothing, statuses: statuses(pricingOfText) }) },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('reaction'), own: nothing, statuses: statuses(pricingOfText) }),
  },
);
/** Where planned events happen: around which instant (milliseconds), among which users, and how close to each other. */
interface Scene {
  turn: number;
  wabas: unknown[];
  users: string[];
  /**
   * `pair`: everything happens between one number and one user, and webhooks carry no pricing.
   * `volume`: all WABAs are of one portfolio and send to one market, whose counters are near an end of a band.
   */
  focus: 'wide' | 'pair' | 'volume';
}
/** A planned event: makes its lines of JSON, given its id. */
type Plan = (id: string, scene: Scene) => Json[];
const numberIn = ({ focus, wabas }: Scene, number: string): string => {
  if (focus === 'wide') return number;
  return focus === 'volume' && NUMBERS.indexOf(number) <= wabas.length ? number.replace('N9', 'N1') : 'N1';
};
/** In a pair all things happen whole days apart, give or take a second, so that windows end right where they meet. */
function hourIn({ focus, turn }: Scene, at: number): number {
  if (focus !== 'pair') return at;
  // Free entry lasts up to 7 days since October 2026.
  const spread = turn < Date.parse('2026-10-01') ? 1 : 1.5;
  const day = Math.round((at / 24) * spread) * 24;
  const seconds = Math.round(at * 3600) % 3600;
  const off = seconds > 1800 ? seconds - 3600 : seconds < -1800 ? seconds + 3600 : seconds;
  return day + off / 3600;
}
/** The market that counters and announcements speak of. */
const marketIn = ({ focus, turn, users }: Scene, market: string): string =>
  (focus === 'volume' && placeOf(users[0] ?? '', new Date(turn).toISOString().slice(0, 10))?.market) || market;
const userIn = (scene: Scene, user: number): string | undefined => scene.users[scene.focus === 'wide' ? user : 0];
const stamp = (at: number, unix: boolean): unknown =>
  unix ? String(Math.round(at / 1000)) : new Date(Math.round(at / 1000) * 1000).toISOString();

const single: fc.Arbitrary<Plan> = fc
  .record({
    message,
    number,
    user,
    at: hours,
    in_service_window: isWindow,
    unix: fc.boolean(),
    loose: one(0, 0, 1),
    twice: one(0, 0, 0, 1),
  })
  .map((m) => (id, scene) => {
    const at = scene.turn + hourIn(scene, m.at) * HOUR;
    // Two statuses of one second tell one price: the text does not say which of two would count.
    const told = new Map<number, unknown>();
    const all = m.message.statuses.map(({ status, after: drawn, pricing }) => {
      const after = scene.focus === 'pair' ? Math.floor(drawn / 24) * 24 : drawn;
      if (pricing && !told.has(after)) told.set(after, scene.focus === 'wide' ? pricing : undefined);
      return tidy({ status, at: stamp(at + after * HOUR, m.unix), pricing: pricing && told.get(after) });
    });
    const { kind, own } = m.message;
    const sent_at = stamp(at, false);
    const base = tidy({
      id,
      kind,
      number: numberIn(scene, m.number),
      to: userIn(scene, m.user),
      sent_at,
      in_service_window: scene.focus === 'pair' ? undefined : m.in_service_window,
      ...own,
    });
    const first = { ...base, statuses: m.loose ? all.slice(0, 1) : all };
    const lines = m.loose ? all.slice(1).map((status) => ({ kind: 'status', message: id, ...status })) : [];
    return [first, ...lines, ...(m.twice ? [{ ...base, number: 'N4', statuses: all.slice(-1) }] : [])];
  });

const bulk: fc.Arbitrary<Plan> = fc
  .record({
    kind: one('bulk_template', 'bulk_text'),
    own: templateFields,
    number,
    to: one(...USERS),
    at: hours,
    lasts: one(0, 1, 1, 5, 72),
    count: mostly(fc.integer({ min: 1, max: 6 }), fc.integer({ min: 900, max: 1100 }), 6),
    in_service_window: isWindow,
    ofTemplate: pricingOfTemplate,
    ofText: pricingOfText,
  })
  .map((b) => (id, scene) => {
    const volume = scene.focus === 'volume';
    const kind = volume && b.count < 100 ? 'bulk_template' : b.kind;
    const text = kind === 'bulk_text';
    const at = scene.turn + b.at * HOUR;
    const own = volume ? { category: b.count % 2 ? 'utility' : 'authentication' } : b.own;
    return [
      tidy({
        id,
        kind,
        number: numberIn(scene, b.number),
        to: volume ? scene.users[0] : b.to,
        count: b.count,
        first_delivered_at: stamp(at, false),
        last_delivered_at: stamp(at + b.lasts * HOUR, true),
        in_service_window: b.in_service_window,
        pricing: volume ? undefined : text ? b.ofText : b.ofTemplate,
        ...(text ? {} : own),
      }),
    ];
  });

const group: fc.Arbitrary<Plan> = fc
  .record({
    kind: one('group_template', 'group_text'),
    own: templateFields,
    number,
    at: hours,
    in_service_window: isWindow,
    members: fc.array(
      fc.record({
        to: one(...USERS),
        after: one(null, 0, 0, 0, 1, 2, 30),
        ofTemplate: pricingOfGroupTemplate,
        ofText: pricingOfText,
      }),
      { minLength: 1, maxLength: 5 },
    ),
  })
  .map((g) => (id, { turn }) => {
    const text = g.kind === 'group_text';
    const at = turn + g.at * HOUR;
    const deliveries = g.members.map((m) => ({
      to: m.to,
      at: m.after === null ? null : stamp(at + m.after * HOUR, true),
      pricing: text ? m.ofText : m.ofTemplate,
    }));
    const { kind, in_service_window } = g;
    const own = text ? {} : g.own;
    return [
      tidy({
        id,
        kind,
        number: g.number,
        group: 'G1',
        sent_at: stamp(at, false),
        in_service_window,
        deliveries,
        ...own,
      }),
    ];
  });

const inbound: fc.Arbitrary<Plan> = fc
  .record({
    number,
    user,
    at: hours,
    more: one<Json>(
      {},
      {},
      {},
      { group: 'G1' },
      { entry: 'click_to_whatsapp_ad', device: 'android' },
      { entry: 'facebook_page_cta', device: 'ios' },
      { entry: 'click_to_whatsapp_ad', device: 'web' },
      { device: 'ios' },
    ),
  })
  .map((u) => (id, scene) => [
    {
      id,
      kind: 'user_message',
      number: numberIn(scene, u.number),
      from: userIn(scene, u.user),
      at: stamp(scene.turn + hourIn(scene, u.at) * HOUR, false),
      ...u.more,
    },
  ]);

const volumeOf = fc.tuple(
  one(...MARKETS),
  one('utility', 'authentication'),
  fc.nat(4),
  fc.integer({ min: -3, max: 1 }),
);
const nearBorder = (market: string, category: string, band: number, off: number): number =>
  Math.max(0, (tierEnds(market, category)[band] ?? 3) + off);

/** One counter for each market and category, all of one market where the scene says so. */
function countersOf(scene: Scene, drawn: [string, string, number, number][]): [string, string, number, number][] {
  const moved = drawn.map(
    ([market, ...rest]) => [marketIn(scene, market), ...rest] as [string, string, number, number],
  );
  const first = new Map(moved.map((counter) => [`${counter[0]} ${counter[1]}`, counter]));
  return [...first.values()];
}

const knowledge: fc.Arbitrary<Plan> = fc
  .record({
    what: one('volume', 'volume', 'international', 'location', 'category', 'notice', 'other', 'stranger', 'unknown'),
    at: hours,
    earlier: maybe(one(1, 24)),
    volume: volumeOf,
    by: one<Json>({ waba: 'W1' }, { portfolio: 'P1' }, { portfolio: 'default' }),
    country: one('BR', 'IN', 'US', 'EG', 'ZA'),
    category: one('MARKETING', 'UTILITY', 'AUTHENTICATION'),
    template: one('T1', 'T2'),
  })
  .map((k) => (id, scene) => {
    const { turn } = scene;
    const at = turn + k.at * HOUR;
    const update = { id, kind: 'account_update', at: stamp(at, true), ...k.by };
    const start_time = stamp(at + 5 * HOUR, false);
    if (k.what === 'volume') {
      const [market, pricing_category, band, off] = k.volume;
      const region = marketIn(scene, market);
      const volume_tier_info = tidy({
        tier_update_time: k.earlier && Math.round((at - k.earlier * HOUR) / 1000),
        pricing_category: pricing_category.toUpperCase(),
        region,
        tier: `${nearBorder(region, pricing_category, band, off) + 1}:900000000`,
        effective_month: new Date(turn).toISOString().slice(0, 7),
      });
      return [{ ...update, event: 'VOLUME_BASED_PRICING_TIER_UPDATE', volume_tier_info }];
    }
    if (k.what === 'international') {
      const exception_countries = [{ country_code: k.country, start_time: stamp(at - 9 * HOUR, false) }];
      const auth_international_rate_eligibility = { start_time, exception_countries };
      return [{ ...update, event: 'AUTH_INTL_PRICE_ELIGIBILITY_UPDATE', auth_international_rate_eligibility }];
    }
    if (k.what === 'location') {
      return [{ ...update, event: 'BUSINESS_PRIMARY_LOCATION_COUNTRY_UPDATE', country: k.country }];
    }
    if (k.what === 'other') return [{ ...update, event: 'PARTNER_ADDED' }];
    if (k.what === 'stranger') {
      return ['sent', 'delivered', 'read'].map((status) => ({
        kind: 'status',
        message: `${id}-unseen`,
        status,
        at: stamp(at, true),
      }));
    }
    if (k.what === 'unknown') return [{ id, kind: 'carrier_pigeon' }];
    const { template, category } = k;
    const names = k.what === 'notice' ? { correct_category: category } : {};
    return [
      {
        id,
        kind: 'template_category_update',
        at: stamp(at, false),
        template,
        previous_category: 'UTILITY',
        new_category: category,
        ...names,
      },
    ];
  });

const event = fc.oneof(
  { weight: 12, arbitrary: single },
  { weight: 5, arbitrary: inbound },
  { weight: 3, arbitrary: bulk },
  { weight: 2, arbitrary: group },
  { weight: 3, arbitrary: knowledge },
);

const decimal = one('0', '0.0', '5', '7.5', '19', '12.345', '0.005', '100');
const tenantPlan = fc
  .record({
    currency: one('USD', 'USD', 'EUR', 'BRL'),
    markup_pct: decimal,
    markup_pct_by_category: one<Json>({}, { marketing: '20' }, { authentication_international: '0', service: '33.3' }),
    fx_margin_pct: decimal,
    rate: one('0.92', '5.4321', '1', '0.0119'),
    fee_per_message: decimal,
    fee_applies_to: one(['outbound_delivered'], ['outbound_delivered', 'inbound'], ['inbound']),
    monthly_number_fee: decimal,
    months: one<string[]>([], ['2026-10'], ['2026-09', '2026-10']),
    tax_pct: decimal,
    decimals: one(0, 2, 2, 3, 4),
  })
  .map(({ rate, ...plan }) => ({
    ...plan,
    fx: ['USD', 'EUR', 'BRL', 'INR', 'AED'].filter((from) => from !== plan.currency).map((from) => ({ from, rate })),
  }));

const currency = mostly(one('USD'), one('EUR', 'INR', 'BRL', 'AED'), 4);
const waba = fc.record({
  timezone: one(...ZONES),
  currency,
  portfolio: one(undefined, 'P1', 'P1'),
  other: one(0, 0, 1),
});
const portfolio = fc.record({
  country: one(null, 'BR', 'IN', 'US', 'EG'),
  verified: fc.boolean(),
  eligible: fc.boolean(),
  start: hours,
  exception: maybe(one('IN', 'EG', 'ID')),
});

/** A random month around one turn: a whole case file. */
export const randomMonth: fc.Arbitrary<Json> = fc
  .record({
    focus: one<Scene['focus']>('wide', 'wide', 'pair', 'volume'),
    turn: one(...TURNS).map((day) => Date.parse(day)),
    pairTurn: one(...PAIR_TURNS).map((day) => Date.parse(day)),
    volumeUser: one(...TIERED),
    volumeTurn: one(...TURNS.filter((day) => day >= '2026-04-01')).map((day) => Date.parse(day)),
    users: fc.shuffledSubarray(USERS, { minLength: 3, maxLength: 3 }),
    wabas: fc.array(waba, { minLength: 1, maxLength: 3 }),
    portfolio,
    free: fc.array(fc.integer({ min: 0, max: 4 }), { minLength: 2, maxLength: 2 }),
    volume: fc.uniqueArray(volumeOf, { maxLength: 5, selector: ([market, category]) => `${market} ${category}` }),
    plan: maybe(tenantPlan),
    events: fc.array(event, { minLength: 1, maxLength: 30 }),
    order: fc.infiniteStream(fc.nat(1000)),
  })
  .map(({ pairTurn, volumeTurn, volumeUser, ...m }) => {
    if (m.focus === 'volume') return { ...m, turn: volumeTurn, users: [volumeUser] };
    return m.focus === 'pair' ? { ...m, turn: pairTurn } : m;
  })
  .map((m) => {
    const months = [m.turn - 24 * HOUR, m.turn].map((at) => new Date(at).toISOString().slice(0, 7));
    const wabas = m.wabas.map(({ other, ...facts }, i) => ({
      id: `W${i + 1}`,
      numbers: i === 0 ? ['N1', 'N2'] : [`N${i + 2}`],
      ...facts,
      ...(m.focus === 'volume' && { portfolio: 'P1', currency: i > 0 && other ? facts.currency : 'USD' }),
      billed_by: other && i > 0 ? 'other' : 'platform',
    }));
    const lines = m.events.flatMap((write, i) => write(`e${i}`, m));
    // The first line of an event's id is the event; its repeats must not come before it.
    const keys = lines.map(() => m.order.next().value as number);
    const shuffled = lines.map((line, i) => ({ line, key: keys[i] ?? 0 }));
    const firsts = new Set<unknown>();
    const repeats: Json[] = [];
    const rest = shuffled.filter(({ line }) => {
      const repeated = line.id !== undefined && firsts.has(line.id);
      firsts.add(line.id);
      if (repeated) repeats.push(line);
      return !repeated;
    });
    const p = m.portfolio;
    return tidy({
      format: 'pricing-case/1',
      id: 'random',
      context: {
        wabas,
        portfolios: [
          {
            id: 'P1',
            primary_business_location: { country: p.country, verified: p.verified && p.country !== null },
            auth_international: {
              eligible: p.eligible,
              start_time: stamp(m.turn + p.start * HOUR, false),
              exception_countries: p.exception
                ? [{ country_code: p.exception, start_time: stamp(m.turn - p.start * HOUR, true) }]
                : [],
            },
          },
        ],
        templates: [
          { name: 'T1', category: 'utility' },
          { name: 'T2', category: 'authentication' },
        ],
        counters: {
          free_conversations:
            months[0] === months[1]
              ? []
              : months.map((month, i) => ({ waba: 'W1', month, count: 1000 - (m.free[i] ?? 0) })),
          service_allowance: [{ number: 'N1', month: months[1], count: 1000 - (m.free[0] ?? 0) }],
          volume: countersOf(m, m.volume).map(([market, category, band, off]) => {
            return {
              portfolio: 'P1',
              market,
              category,
              month: months[1],
              count: nearBorder(market, category, band, off),
            };
          }),
        },
        tenant_plan: m.plan,
      },
      events: [...rest.sort((a, b) => a.key - b.key).map(({ line }) => line), ...repeats],
    });
  });
