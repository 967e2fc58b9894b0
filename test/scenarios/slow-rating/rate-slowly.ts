import { type Exact, exact, plus, print, raisedBy, round, times, whole, ZERO } from './exact.js';
import {
  type Answer,
  type Charge,
  type Delivery,
  isTooOldForGroups,
  type Judgement,
  judge,
  type Past,
} from './judge.js';
import { type Case, type Event, instant, isKnownKind, type Json, type Pricing, readCase } from './read-case.js';

/** Section 6.1: what proves delivery. */
const PROVES = ['delivered', 'read', 'played'];

/** Rates a case as section 4 wants it. `more` are the events of its events files. Throws if the file is invalid. */
export function rateSlowly(json: Json, more: Json[] = []): Json {
  const known = readCase(json, more);
  const past = before(known);
  const all: Judgement = { charges: [], free: [], parked: [] };
  let fees = 0;
  const happenings: { at: number; rank: number; place: number; happen: () => void }[] = [];

  for (const event of known.events) {
    for (const { at, happen } of knowledge(event, known, past)) {
      happenings.push({ at, rank: 0, place: event.place, happen });
    }
    if (event.kind === 'user_message') {
      const billed = known.wabas.some((w) => w.billed_by !== 'other' && w.numbers.includes(event.number as string));
      if (billed && known.plan?.fee_applies_to.includes('inbound')) fees += 1;
      const at = instant(event.at);
      happenings.push({ at, rank: 1, place: event.place, happen: () => hear(event, at, past) });
    }
    if (!isKnownKind(event.kind)) all.parked.push({ event: event.id, reason: 'unknown_kind', quantity: 1 });
    for (const d of deliveriesOf(event, known)) {
      if (d.at === undefined) {
        const tooOld = isTooOldForGroups(d, known, instant(event.sent_at));
        if (tooOld) all.parked.push({ event: event.id, reason: 'unknown_kind', quantity: 1 });
        else all.free.push({ event: event.id, reason: 'not_delivered', quantity: 1 });
        continue;
      }
      const happen = () => {
        const one = judge(d as Delivery, known, past);
        for (const list of ['charges', 'free', 'parked'] as const) all[list].push(...(one[list] as never[]));
        const billed = known.wabas.some((w) => w.billed_by !== 'other' && w.numbers.includes(d.number));
        if (!billed || !known.plan?.fee_applies_to.includes('outbound_delivered')) return;
        for (const { quantity } of [...one.charges, ...one.free]) fees += quantity;
      };
      happenings.push({ at: d.at, rank: 2, place: event.place, happen });
    }
  }
  for (const { message, statuses } of known.strangers) {
    if (!statuses.some((s) => PROVES.includes(s.status))) continue;
    all.parked.push({ event: message, reason: 'unknown_message', quantity: 1 });
  }
  // Section 6.1: by time, then knowledge, then users, then outbound in file order. The sort is stable.
  happenings.sort((a, b) => a.at - b.at || a.rank - b.rank || a.place - b.place);
  for (const { happen } of happenings) happen();
  return output(known, all, fees);
}

function before(known: Case): Past {
  const used = new Map<string, number>();
  for (const c of known.freeConversations) used.set(`conversations ${c.waba} ${c.month}`, c.count);
  for (const c of known.allowance) used.set(`allowance ${c.number} ${c.month}`, c.count);
  for (const c of known.volume) used.set(`volume ${c.portfolio} ${c.market} ${c.category} ${c.month}`, c.count);
  const past: Past = {
    inbound: [],
    entries: [],
    freeWindows: [],
    conversations: [],
    used,
    international: [],
    location: [],
  };
  for (const p of known.portfolios) {
    if (p.auth_international) past.international.push({ portfolio: p.id, at: -Infinity, facts: p.auth_international });
    if (p.primary_business_location)
      past.location.push({ portfolio: p.id, at: -Infinity, facts: p.primary_business_location });
  }
  return past;
}

/** Section 3.2, "Knowledge from Meta". */
function knowledge(event: Event, known: Case, past: Past): { at: number; happen: () => void }[] {
  if (event.kind !== 'account_update') return [];
  const portfolio =
    (event.portfolio as string) ?? known.wabas.find((waba) => waba.id === event.waba)?.portfolio ?? '(none)';
  const at = instant(event.at);
  if (event.event === 'VOLUME_BASED_PRICING_TIER_UPDATE') {
    const told = event.volume_tier_info as Record<string, string>;
    const category = told.pricing_category?.toLowerCase().replace('_international', '');
    const key = `volume ${portfolio} ${told.region} ${category} ${told.effective_month}`;
    const least = Number(told.tier?.split(':')[0]) - 1;
    const happen = () => past.used.set(key, Math.max(past.used.get(key) ?? 0, least));
    return [{ at: told.tier_update_time === undefined ? at : instant(told.tier_update_time), happen }];
  }
  if (event.event === 'AUTH_INTL_PRICE_ELIGIBILITY_UPDATE') {
    const rate = event.auth_international_rate_eligibility as Json;
    past.international.push({ portfolio, at, facts: { ...rate, eligible: true } });
  }
  if (event.event === 'BUSINESS_PRIMARY_LOCATION_COUNTRY_UPDATE') {
    past.location.push({ portfolio, at, facts: { country: event.country as string, verified: true } });
  }
  return [];
}

/** A user's message opens a window (6.6) and may be an entry message (6.5). */
function hear(event: Event, at: number, past: Past): void {
  const whom = event.group === undefined ? event.from : `group ${event.group}`;
  past.inbound.push({ pair: `${event.number} ${whom}`, at });
  const phone = event.device === 'android' || event.device === 'ios';
  if (event.entry !== undefined && phone) past.entries.push({ pair: `${event.number} ${event.from}`, at });
}

/** Rules 1.5: the category of a template at the time of use. */
function categoryOf(event: Event, usedAt: number, known: Case): string | undefined {
  if (event.category !== undefined) return event.category as string;
  let category = known.templates.find((template) => template.name === event.template)?.category;
  const updates = known.events.filter((e) => e.kind === 'template_category_update' && e.template === event.template);
  updates.sort((a, b) => instant(a.at) - instant(b.at) || a.place - b.place);
  for (const update of updates) {
    if (update.correct_category !== undefined || instant(update.at) > usedAt) continue;
    category = (update.new_category as string).toLowerCase();
  }
  return category;
}

/** What an event has delivered; `at` is absent for what was not. */
function deliveriesOf(event: Event, known: Case): (Omit<Delivery, 'at'> & { at?: number })[] {
  const base = {
    event: event.id,
    place: event.place,
    count: 1,
    number: event.number as string,
    reaction: event.kind === 'reaction',
    template: event.kind.endsWith('template'),
    inWindow: event.in_service_window as boolean | undefined,
  };
  if (['template', 'text', 'reaction'].includes(event.kind)) {
    const statuses = [...event.statuses].sort((a, b) => a.at - b.at || a.place - b.place);
    const proofs = statuses.filter((s) => PROVES.includes(s.status));
    const priced = [...proofs, ...statuses.filter((s) => s.status === 'sent')].find((s) => s.pricing !== undefined);
    const stored = base.template ? categoryOf(event, instant(event.sent_at), known) : undefined;
    return [{ ...base, to: event.to as string, at: proofs[0]?.at, stored, pricing: priced?.pricing ?? {} }];
  }
  if (event.kind.startsWith('bulk_') && isKnownKind(event.kind)) {
    const at = instant(event.first_delivered_at);
    const stored = base.template ? categoryOf(event, at, known) : undefined;
    const pricing = (event.pricing ?? {}) as Pricing;
    const lastAt = instant(event.last_delivered_at);
    return [{ ...base, to: event.to as string, at, lastAt, count: event.count as number, stored, pricing }];
  }
  if (event.kind.startsWith('group_') && isKnownKind(event.kind)) {
    const stored = base.template ? categoryOf(event, instant(event.sent_at), known) : undefined;
    return (event.deliveries as { to: string; at?: unknown; pricing?: Pricing }[]).map(({ to, at, pricing }) => ({
      ...base,
      to,
      at: at === null || at === undefined ? undefined : instant(at),
      group: event.group as string,
      stored,
      pricing: pricing ?? {},
    }));
  }
  return [];
}

const amountOf = (charge: Charge): Exact => times(exact(charge.unit_price), whole(charge.quantity));

function output(known: Case, all: Judgement, fees: number): Json {
  const billed = known.wabas.filter((waba) => waba.billed_by !== 'other');
  const totals: Record<string, string> = {};
  for (const currency of new Set(billed.map((waba) => waba.currency))) {
    const mine = all.charges.filter((charge) => charge.currency === currency);
    totals[currency] = print(mine.map(amountOf).reduce(plus, ZERO));
  }
  const [only, ...others] = Object.keys(totals);
  const single = others.length === 0 && only !== undefined;
  return {
    case: known.id,
    charges: all.charges.map((charge) => ({ ...charge, amount: print(amountOf(charge)) })),
    free: all.free satisfies Answer[],
    parked: all.parked,
    total: single ? totals[only] : null,
    currency: single ? only : null,
    totals,
    ...(known.plan && { tenant_invoice: invoice(known, all.charges, fees) }),
  };
}

/** Section 4, "Rounding". */
function invoice(known: Case, charges: Charge[], fees: number): Json {
  const plan = known.plan;
  if (!plan) return {};
  const billed = known.wabas.filter((waba) => waba.billed_by !== 'other');
  const currencies = [...new Set(billed.map((waba) => waba.currency))];
  const currency = plan.currency ?? currencies[0];
  if (plan.currency === undefined && currencies.length > 1) throw new Error('tenant_plan: currency is missing');
  const rates = new Map(
    plan.fx.map(({ from, rate }) => [from, times(exact(rate), raisedBy(exact(plan.fx_margin_pct)))]),
  );
  for (const one of currencies)
    if (one !== currency && !rates.has(one)) throw new Error(`tenant_plan: no fx of ${one}`);
  const lines: { quantity: number; unit: Exact; text: Json }[] = charges.map((charge) => {
    const markup = plan.markup_pct_by_category[charge.category] ?? plan.markup_pct;
    const marked = times(exact(charge.unit_price), raisedBy(exact(markup)));
    const unit = charge.currency === currency ? marked : times(marked, rates.get(charge.currency) ?? ZERO);
    const { market, category, quantity } = charge;
    return { quantity, unit, text: { item: 'messages', market, category } };
  });
  lines.push({ quantity: fees, unit: exact(plan.fee_per_message), text: { item: 'message_fee' } });
  const numbers = billed.flatMap((waba) => waba.numbers).length * plan.months.length;
  lines.push({ quantity: numbers, unit: exact(plan.monthly_number_fee), text: { item: 'number_fee' } });
  const sum = lines.map(({ quantity, unit }) => times(unit, whole(quantity))).reduce(plus, ZERO);
  const net = round(sum, plan.decimals);
  const percent = exact(plan.tax_pct);
  const tax = round(times(net, { ...percent, scale: percent.scale + 2 }), plan.decimals);
  return {
    currency,
    lines: lines.map(({ quantity, unit, text }) => {
      return { ...text, quantity, unit_price: print(unit), amount: print(times(unit, whole(quantity))) };
    }),
    net: print(net),
    tax: print(tax),
    total: print(plus(net, tax)),
  };
}
