export const LANGUAGES = ['en', 'es', 'pt'] as const;
export type Language = (typeof LANGUAGES)[number];

const known = (tag: string): Language | undefined => {
  const primary = tag.trim().toLowerCase().split('-')[0];
  return LANGUAGES.find((language) => language === primary);
};

/**
 * The language to answer in.
 *
 * @param asked          what the person chose (`?lang=`), if anything
 * @param acceptLanguage the header (RFC 9110, 12.5.4)
 */
export function languageFor(asked: string | undefined, acceptLanguage: string | undefined): Language {
  const chosen = asked === undefined ? undefined : known(asked);
  if (chosen) return chosen;
  const ranked = (acceptLanguage ?? '')
    .split(',')
    .map((part) => {
      const [tag = '', ...parameters] = part.split(';');
      const q = parameters.map((p) => p.trim()).find((p) => p.startsWith('q='));
      return { language: known(tag), weight: q === undefined ? 1 : Number(q.slice(2)) };
    })
    .filter((r) => r.language && r.weight > 0)
    .sort((a, b) => b.weight - a.weight);
  return ranked[0]?.language ?? 'en';
}

const SPANISH = new Set('AR BO CL CO CR CU DO EC ES GQ GT HN MX NI PA PE PR PY SV UY VE'.split(' '));
const PORTUGUESE = new Set('AO BR CV GW MZ PT ST TL'.split(' '));

/** The language to write in to somebody of whom nothing but the country (ISO 3166 alpha-2) is known. */
export function languageOfCountry(country: string | null): Language {
  if (country && SPANISH.has(country)) return 'es';
  return country && PORTUGUESE.has(country) ? 'pt' : 'en';
}
