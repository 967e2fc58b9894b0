import { metaError, type RefusalCode } from '#libs/error-catalogue';
import type { Refusal } from '#libs/http';
import type { NumberRefusal } from '#libs/wabas';
import { refuse } from '../graph-envelope/refuse.js';

/** What each of Meta's refusals of a whole number is to clients, and what helps. */
const KNOWN: Readonly<Record<number, { refusal: RefusalCode; advice: string }>> = {
  131031: {
    refusal: 'number_locked',
    advice: 'See in WhatsApp Manager (account quality, business support home) what Meta objects to, and appeal there.',
  },
  133010: { refusal: 'number_not_registered', advice: 'Register the number again in the onboarding app.' },
};

const adviceOf = (code: number): string => KNOWN[code]?.advice ?? metaError(code).advice;

/** As a person reads it. */
export function shownRefusal({ code, until }: NumberRefusal) {
  return { code, title: metaError(code).title, advice: adviceOf(code), until: until.toISOString() };
}

/** What a tenant is told of a message that ran out while its number was held. */
export function refusedError({ code }: NumberRefusal) {
  const { title } = metaError(code);
  const details = `Meta refused this number (${title}) until the time to live of the message passed. ${adviceOf(code)}`;
  return { code, message: `(#${code}) ${title}`, error_data: { messaging_product: 'whatsapp', details } };
}

/** The refusal of a new message while its number is held. */
export function refuseHeld({ code, until }: NumberRefusal): Refusal {
  return refuse(
    KNOWN[code]?.refusal ?? 'number_restricted',
    `Meta refuses whatever this number sends (${code}: ${metaError(code).title}). ${adviceOf(code)} ` +
      `Unless Meta says otherwise before, sending is tried again at ${until.toISOString()}.`,
  );
}
