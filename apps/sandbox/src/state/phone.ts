import { createRequire } from 'node:module';

// By require: as an ES module the library imports its metadata without the attribute that JSON modules need.
const { parsePhoneNumberFromString } = createRequire(import.meta.url)(
  'libphonenumber-js',
) as typeof import('libphonenumber-js');

export const digitsOf = (written: string) => written.replace(/\D/g, '');

/** Country calling code and digits of a number written with its country code, `+` or not. */
export function splitPhone(written: string): { cc: string; digits: string } {
  const digits = digitsOf(written);
  const parsed = parsePhoneNumberFromString(`+${digits}`);
  return { cc: parsed?.countryCallingCode ?? digits.slice(0, 1), digits };
}

/** As Meta shows numbers: `+1 555-000-1111`. */
export function formatPhone(digits: string): string {
  const parsed = parsePhoneNumberFromString(`+${digits}`);
  if (parsed?.countryCallingCode === '1' && digits.length === 11)
    return `+1 ${digits.slice(1, 4)}-${digits.slice(4, 7)}-${digits.slice(7)}`;
  return parsed?.formatInternational() ?? `+${digits}`;
}

/**
 * The digits Meta would send to. Written without `+`, a number is taken as national and the business number's country
 * code is put before it (meta/messages.md §1), except where it reads as a whole international number.
 */
export function recipientDigits(to: string, businessCc: string): string {
  const digits = digitsOf(to);
  if (to.trimStart().startsWith('+') || digits.length > 10) return digits;
  return parsePhoneNumberFromString(`+${digits}`)?.isValid() ? digits : businessCc + digits;
}

/** ISO country of a number, where it can be told. */
export function countryOf(digits: string): string | undefined {
  return parsePhoneNumberFromString(`+${digits}`)?.country;
}
