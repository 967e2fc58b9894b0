import { localDate } from '../messages/pricing.js';
import { countryOf, digitsOf } from '../state/phone.js';
import type { Json, Message, Waba } from '../state/records.js';
import type { GraphCall } from './graph-call.js';
import { badParameter } from './graph-error.js';

/** `name.start(1).end(2).dimensions(["A"])`: what is in the parentheses, by name; undefined where the field is not asked for. */
function argumentsOf(fields: unknown, name: string): Map<string, string> | undefined {
  const asked =
    typeof fields === 'string' ? fields.match(new RegExp(`${name}((?:\\.\\w+\\([^)]*\\))+)`))?.[1] : undefined;
  return asked === undefined
    ? undefined
    : new Map([...asked.matchAll(/\.(\w+)\(([^)]*)\)/g)].map(([, key, value]) => [key as string, value as string]));
}

const listOf = (text: string | undefined): string[] => (text ?? '').match(/\w+/g) ?? [];

/** What one of Meta's analytics counts. */
export interface Analytics {
  /** The field of a WABA: `pricing_analytics`. */
  readonly field: string;
  /** What the count is called: `volume`. */
  readonly metric: string;
  /** Whether a delivered message counts, and under which key it counts once; undefined where it does not. */
  readonly keyOf: (message: Message, at: number, call: GraphCall) => string | undefined;
  /** By dimension, the field of a data point and its value. */
  readonly dimensions: Readonly<Record<string, (message: Message, call: GraphCall) => [string, string]>>;
}

export const PHONE = (m: Message, call: GraphCall): [string, string] => [
  'phone_number',
  digitsOf(call.world.get('phone_number', m.phoneNumberId)?.displayPhoneNumber ?? ''),
];
export const COUNTRY = (m: Message): [string, string] => ['country', countryOf(m.to) ?? ''];

/**
 * A field of a WABA with counts by day of its zone and by the dimensions that are asked for, of what was delivered from
 * `start` until before `end`. No COST, as for a business that is billed through a partner (Meta hides it from those since
 * July 2023).
 */
export function analyticsOf(call: GraphCall, waba: Waba, what: Analytics): Json | undefined {
  const { field, metric } = what;
  const asked = argumentsOf(call.params.fields, field);
  if (!asked) return undefined;
  const [start, end] = [Number(asked.get('start')), Number(asked.get('end'))];
  if (!(start > 0 && end > start)) throw badParameter(`${field} needs start and end, in Unix seconds.`);
  if (asked.get('granularity') !== 'DAILY') throw badParameter('This stand-in knows granularity DAILY only.');
  const dimensions = listOf(asked.get('dimensions'));
  const unknown = dimensions.find((name) => !(name in what.dimensions));
  if (unknown !== undefined) throw badParameter(`${unknown} is no dimension that this stand-in knows.`);

  const points = new Map<string, { point: Json; counted: Set<string> }>();
  for (const message of call.world.messages.values()) {
    const at = message.statuses.find((s) => s.status === 'delivered')?.at;
    if (at === undefined || !waba.phoneNumberIds.has(message.phoneNumberId)) continue;
    if (at < start * 1_000 || at >= end * 1_000) continue;
    const counts = what.keyOf(message, at, call);
    if (counts === undefined) continue;
    const day = startOf(localDate(at, waba.timezone), at, waba.timezone);
    const values = dimensions.map((name) => what.dimensions[name]?.(message, call) ?? [name, '']);
    const point = { start: day, end: day + 86_400, ...Object.fromEntries(values) };
    const held = points.get(JSON.stringify(point)) ?? { point, counted: new Set() };
    points.set(JSON.stringify(point), held);
    held.counted.add(counts);
  }
  return { data: [{ data_points: [...points.values()].map((p) => ({ ...p.point, [metric]: p.counted.size })) }] };
}

/** The first second of a local day that an instant falls on: the day's name changes there. */
function startOf(day: string, at: number, timezone: string): number {
  let [before, after] = [at - 26 * 3_600_000, at];
  while (after - before > 1_000) {
    const middle = Math.floor((before + after) / 2_000) * 1_000;
    if (localDate(middle, timezone) === day) after = middle;
    else before = middle;
  }
  return Math.floor(after / 1_000);
}
