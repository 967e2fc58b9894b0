/** What customers see of a business (Meta, business profiles, 2025-11). */
export interface Profile {
  about?: string;
  address?: string;
  description?: string;
  email?: string;
  websites?: string[];
  vertical?: string;
  profile_picture_url?: string;
}

export const PROFILE_FIELDS = [
  'about',
  'address',
  'description',
  'email',
  'websites',
  'vertical',
  'profile_picture_url',
] as const;

/** Longest texts, in characters (Meta, business profiles, 2025-11). */
const LONGEST = { about: 139, address: 256, description: 512, email: 128 } as const;
const MOST_WEBSITES = 2;
const LONGEST_WEBSITE = 256;
/** Meta's trades; UNDEFINED and an empty text mean none (business profiles, 2025-11). */
export const VERTICALS = [
  'UNDEFINED',
  'OTHER',
  'AUTO',
  'BEAUTY',
  'APPAREL',
  'EDU',
  'ENTERTAIN',
  'EVENT_PLAN',
  'FINANCE',
  'GROCERY',
  'GOVT',
  'HOTEL',
  'HEALTH',
  'NONPROFIT',
  'PROF_SERVICES',
  'RETAIL',
  'TRAVEL',
  'RESTAURANT',
  'ALCOHOL',
  'ONLINE_GAMBLING',
  'PHYSICAL_GAMBLING',
  'OTC_DRUGS',
  'NOT_A_BIZ',
] as const;

const length = (text: string) => [...text].length;
const isWebsite = (text: string) => URL.canParse(text) && /^https?:$/.test(new URL(text).protocol);

/** What is wrong with a change of a profile, by field; empty when Meta will take it. */
export function profileProblems(change: Readonly<Record<string, unknown>>): Record<string, string[]> {
  const problems: Record<string, string[]> = {};
  const add = (field: string, problem: string) => {
    problems[field] = [...(problems[field] ?? []), problem];
  };
  for (const [field, longest] of Object.entries(LONGEST)) {
    const value = change[field];
    if (value === undefined) continue;
    if (typeof value !== 'string') add(field, `${field} must be a text`);
    else if (length(value) > longest) add(field, `${field} has ${length(value)} characters; ${longest} are allowed`);
  }
  if (change.about === '') add('about', 'about cannot be emptied; Meta wants at least one character');
  const { email, websites, vertical } = change;
  // Only what is short enough is looked at closely: the pattern takes the square of its length.
  if (typeof email === 'string' && email !== '' && !problems.email && !/^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(email)) {
    add('email', 'email is no e-mail address');
  }
  if (websites !== undefined) {
    if (!Array.isArray(websites)) add('websites', 'websites must be a list');
    else {
      if (websites.length > MOST_WEBSITES) add('websites', `at most ${MOST_WEBSITES} websites are allowed`);
      for (const site of websites) {
        if (typeof site !== 'string' || !isWebsite(site)) {
          add('websites', `${String(site)} must begin with http:// or https://`);
        } else if (site.length > LONGEST_WEBSITE)
          add('websites', `a website has at most ${LONGEST_WEBSITE} characters`);
      }
    }
  }
  if (vertical !== undefined && vertical !== '' && !(VERTICALS as readonly unknown[]).includes(vertical)) {
    add('vertical', `vertical must be one of ${VERTICALS.join(', ')}`);
  }
  return problems;
}
