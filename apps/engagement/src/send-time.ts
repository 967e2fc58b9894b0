import { marketOf } from '#libs/markets';
import { isZone, shownAt } from './local-time.js';

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;

/** Hours in which nobody is written to, in the recipient's own time: `HH:MM` to `HH:MM`, over midnight if need be. */
export interface QuietHours {
  from: string;
  until: string;
}

/**
 * The zone of most people of each country that has several, as of general knowledge (2026-11): a number says the country and
 * no more, so a contact's own `time_zone` goes before it. Countries with one zone are asked of the ICU data of the runtime.
 */
const MOST_PEOPLE: Readonly<Record<string, string>> = {
  AR: 'America/Argentina/Buenos_Aires',
  AU: 'Australia/Sydney',
  BR: 'America/Sao_Paulo',
  CA: 'America/Toronto',
  CD: 'Africa/Kinshasa',
  CL: 'America/Santiago',
  CN: 'Asia/Shanghai',
  CY: 'Asia/Nicosia',
  DE: 'Europe/Berlin',
  EC: 'America/Guayaquil',
  ES: 'Europe/Madrid',
  ID: 'Asia/Jakarta',
  KZ: 'Asia/Almaty',
  MN: 'Asia/Ulaanbaatar',
  MX: 'America/Mexico_City',
  MY: 'Asia/Kuala_Lumpur',
  NZ: 'Pacific/Auckland',
  PG: 'Pacific/Port_Moresby',
  PS: 'Asia/Hebron',
  PT: 'Europe/Lisbon',
  RU: 'Europe/Moscow',
  UA: 'Europe/Kyiv',
  US: 'America/New_York',
  UZ: 'Asia/Tashkent',
};

function zoneOfCountry(country: string): string | undefined {
  if (MOST_PEOPLE[country]) return MOST_PEOPLE[country];
  const region = new Intl.Locale('und', { region: country }) as Intl.Locale & {
    getTimeZones?: () => string[] | undefined;
    timeZones?: string[];
  };
  return (region.getTimeZones?.() ?? region.timeZones)?.[0];
}

/**
 * The zone of the clocks that a customer looks at: the one that is told of the customer, else that of most people of the
 * country of its number, else that of the account.
 *
 * @param told    the contact's own `time_zone`, if it is known
 * @param number  digits; absent for who is known by a user id only
 * @param day     `YYYY-MM-DD`, for Meta's list of countries
 */
export function zoneOfCustomer(
  { told, number, home }: { told?: unknown; number?: string | undefined; home: string },
  day: string,
): string {
  if (typeof told === 'string' && isZone(told)) return told;
  const country = number === undefined ? undefined : marketOf(`+${number}`, day)?.country;
  const zone = country && zoneOfCountry(country);
  return zone ?? (isZone(home) ? home : 'UTC');
}

/** Digits of a number by which its zone is found; a country's code and, in North America, its area code are within. */
export const PREFIX_DIGITS = 4;

/** The zone of each beginning of a number, by Meta's list of countries on a day (`YYYY-MM-DD`). */
export function zonesByPrefix(day: string): Map<string, string> {
  const zones = new Map<string, string>();
  const known = new Map<string, string | undefined>();
  for (let n = 1_000; n < 10_000; n++) {
    const country = marketOf(`+${n}`, day)?.country;
    if (!country) continue;
    if (!known.has(country)) known.set(country, zoneOfCountry(country));
    const zone = known.get(country);
    if (zone) zones.set(String(n), zone);
  }
  return zones;
}

/** Today's names of zones that ICU lists under older ones. */
const RENAMED = [
  'UTC Etc/UTC Europe/Kyiv Asia/Kolkata Asia/Kathmandu Asia/Yangon Asia/Ho_Chi_Minh Africa/Asmara Atlantic/Faroe America/Nuuk',
  'America/Argentina/Buenos_Aires America/Argentina/Catamarca America/Argentina/Cordoba America/Argentina/Jujuy',
  'America/Argentina/Mendoza America/Indiana/Indianapolis America/Kentucky/Louisville America/Atikokan Pacific/Pohnpei',
  'Pacific/Chuuk Pacific/Kanton',
].flatMap((names) => names.split(' '));

/** Every zone that a contact may be in, by the names that people use. */
export const allZones = (): string[] => [
  ...new Set([...Intl.supportedValuesOf('timeZone'), ...RENAMED.filter(isZone)]),
];

/**
 * The instant at which clocks in a zone show a local time. A time that they skip is the one an hour later; of one that they
 * show twice, the first.
 *
 * @param local `YYYY-MM-DDTHH:MM`
 */
export function instantOf(local: string, zone: string): Date {
  const { shown, before } = showings(local, zone);
  return shown[0] ?? before;
}

/** The instants at which a local time is shown: none, one or two; and that by what clocks showed the day before. */
function showings(local: string, zone: string): { shown: Date[]; before: Date } {
  const wanted = Date.parse(`${local}:00Z`);
  const [before, after] = [wanted - DAY_MS, wanted + DAY_MS].map(
    (near) => wanted - (shownAt(zone, new Date(near)) - near),
  );
  const all = [...new Set([before as number, after as number])].map((at) => new Date(at));
  return { shown: all.filter((at) => shownAt(zone, at) === wanted), before: new Date(before as number) };
}

/** Until when a recipient must not be written to; undefined when it may be now. */
export function quietUntil({ from, until }: QuietHours, zone: string, now: Date): Date | undefined {
  const [start, end] = [minutesOf(from), minutesOf(until)];
  const shown = shownAt(zone, now);
  const minute = Math.floor((shown % 86_400_000) / MINUTE_MS);
  const quiet = start <= end ? minute >= start && minute < end : minute >= start || minute < end;
  if (!quiet) return undefined;
  const today = new Date(shown).toISOString().slice(0, 10);
  const tomorrow = new Date(shown + 86_400_000).toISOString().slice(0, 10);
  const local = `${minute < end ? today : tomorrow}T${until}`;
  // Where clocks are set back over the end, it was there once already.
  return showings(local, zone).shown.find((at) => at > now) ?? instantOf(local, zone);
}

const minutesOf = (time: string): number => Number(time.slice(0, 2)) * 60 + Number(time.slice(3, 5));
