import { componentsOf, type Fields, isFields, kindOf } from './template.js';
import { variablesOf } from './variables.js';

/** What a send has to carry for one template. */
export interface NeededParameters {
  readonly header?: NeededHeader;
  /** The variables of the body, in the order of positional parameters. */
  readonly body: readonly string[];
  /** Whether parameters are told apart by `parameter_name`; otherwise by their order. */
  readonly named: boolean;
  readonly buttons: readonly NeededButton[];
  /** A limited-time offer that counts down needs the end of the offer. */
  readonly offerEnd: boolean;
  readonly cards?: NeededCards;
  /** A one-time code: the same value in the body and on the button. */
  readonly oneTimeCode: boolean;
}

export type NeededHeader =
  | { readonly kind: 'text'; readonly variables: readonly string[] }
  | { readonly kind: 'image' | 'video' | 'gif' | 'document' | 'location' | 'product' };

export interface NeededButton {
  /** Position among the template's buttons, from 0. */
  readonly index: number;
  /** `sub_type` of the parameter's component. */
  readonly subType: string;
  /** `type` of its one parameter. */
  readonly parameter: 'text' | 'payload' | 'coupon_code' | 'action';
  /** Whether a send without it is refused; the others have a default at Meta. */
  readonly required: boolean;
}

export interface NeededCards {
  /** Media cards: exactly as many as were created. Product cards: from 2 up to 10, whatever was created. */
  readonly exactly?: number;
  readonly each: readonly NeededParameters[];
}

const MEDIA: Readonly<Record<string, 'image' | 'video' | 'gif' | 'document' | 'location' | 'product'>> = {
  IMAGE: 'image',
  VIDEO: 'video',
  GIF: 'gif',
  DOCUMENT: 'document',
  LOCATION: 'location',
  PRODUCT: 'product',
};

// A template is read once and sent a million times. Holders of templates replace the list of components, they do not
// change it in place.
const READ = new WeakMap<object, NeededParameters>();

/**
 * What a send with these stored components must carry (Meta, messages and template type pages of 2025-11). The answer for
 * a list of components is remembered as long as the list lives.
 * @param components the template's components as Meta lists them or as they were submitted, in either case of letters;
 *   what cannot be read asks for nothing, since Meta has the last word
 */
export function parametersOf(components: unknown): NeededParameters {
  if (!Array.isArray(components)) return readParameters(components);
  const known = READ.get(components);
  if (known) return known;
  const needed = readParameters(components);
  READ.set(components, needed);
  return needed;
}

function readParameters(components: unknown): NeededParameters {
  const body = componentsOf(components, 'BODY')[0];
  const buttonList = componentsOf(components, 'BUTTONS').flatMap((c) => (Array.isArray(c.buttons) ? c.buttons : []));
  const oneTimeCode = buttonList.some(isOneTimeCode);
  const header = headerOf(componentsOf(components, 'HEADER')[0]);
  // Submitted authentication bodies have no text: Meta writes it, with the code as its only variable.
  const inBody =
    oneTimeCode && typeof body?.text !== 'string'
      ? { names: ['1'], form: 'positional' as const }
      : variablesOf(text(body?.text));
  const inHeader =
    header?.kind === 'text' ? variablesOf(text(componentsOf(components, 'HEADER')[0]?.text)).form : 'none';
  const cards = componentsOf(components, 'CAROUSEL')[0]?.cards;
  return {
    ...(header ? { header } : {}),
    body: inBody.names,
    named: inBody.form === 'named' || inHeader === 'named',
    buttons: buttonList.flatMap((button, index) => neededButton(button, index) ?? []),
    offerEnd: componentsOf(components, 'LIMITED_TIME_OFFER').some(
      (c) => isFields(c.limited_time_offer) && c.limited_time_offer.has_expiration === true,
    ),
    ...(Array.isArray(cards) ? { cards: neededCards(cards) } : {}),
    oneTimeCode,
  };
}

const text = (value: unknown) => (typeof value === 'string' ? value : '');

function headerOf(header: Fields | undefined): NeededHeader | undefined {
  if (!header) return undefined;
  const format = kindOf(header.format) || 'TEXT';
  if (format === 'TEXT') {
    const { names } = variablesOf(text(header.text));
    return names.length > 0 ? { kind: 'text', variables: names } : undefined;
  }
  const kind = Object.hasOwn(MEDIA, format) ? MEDIA[format] : undefined;
  return kind && { kind };
}

/**
 * Submitted as OTP, a one-time code button is listed by Meta as a URL button (authentication templates page): told apart by
 * its `otp_type`, or by the address of Meta's that it opens (the address from general knowledge, unverified).
 */
const isOneTimeCode = (button: unknown): boolean =>
  isFields(button) &&
  (kindOf(button.type) === 'OTP' ||
    button.otp_type !== undefined ||
    (kindOf(button.type) === 'URL' && text(button.url).startsWith('https://www.whatsapp.com/otp/')));

function neededButton(button: unknown, index: number): NeededButton | undefined {
  if (!isFields(button)) return undefined;
  const needs = (subType: string, parameter: NeededButton['parameter'], required: boolean): NeededButton => ({
    index,
    subType,
    parameter,
    required,
  });
  if (isOneTimeCode(button)) return needs('url', 'text', true);
  switch (kindOf(button.type)) {
    case 'URL':
      return variablesOf(text(button.url)).names.length > 0 ? needs('url', 'text', true) : undefined;
    case 'COPY_CODE':
      return needs('copy_code', 'coupon_code', true);
    case 'MPM':
      return needs('mpm', 'action', true);
    case 'QUICK_REPLY':
      return needs('quick_reply', 'payload', false);
    case 'CATALOG':
      return needs('catalog', 'action', false);
    case 'FLOW':
      return needs('flow', 'action', false);
    case 'ORDER_DETAILS':
      return needs('order_details', 'action', true);
    default:
      return undefined;
  }
}

function neededCards(cards: readonly unknown[]): NeededCards {
  const each = cards.map((card) => parametersOf(isFields(card) ? card.components : undefined));
  const products = each.some((card) => card.header?.kind === 'product');
  return products ? { each } : { exactly: cards.length, each };
}
