import type { Json } from '../state/json.js';

/** What a send must bring for a template, worked out once when the template is made. */
export interface TemplateShape {
  named: boolean;
  header?: HeaderShape;
  body: TextShape;
  /** Text after substitution may be longer where there is nothing but a body (meta/templates.md §3). */
  bodyOnly: boolean;
  buttons: ButtonShape[];
  cards?: { header?: HeaderShape; body?: TextShape; buttons: ButtonShape[] }[];
  /** Product carousels are made with two cards and sent with up to ten; media carousels with exactly their cards. */
  productCards: boolean;
  offerExpires: boolean;
  authentication: boolean;
}

export interface TextShape {
  /** Variables in order of appearance, once each: '1', '2' or names. */
  variables: string[];
  /** Length of the fixed text. */
  fixed: number;
}

export type HeaderShape = { format: string; text?: TextShape };
export type ButtonShape = { type: string; parameter?: 'url' | 'coupon_code' };

const VARIABLE = /\{\{\s*([^{}]*?)\s*\}\}/g;

export function variablesOf(text: string): string[] {
  return [...new Set(Array.from(text.matchAll(VARIABLE), (match) => match[1]!))];
}

const textShape = (text: unknown): TextShape => {
  const whole = typeof text === 'string' ? text : '';
  return { variables: variablesOf(whole), fixed: whole.replace(VARIABLE, '').length };
};

const find = (components: readonly Json[], type: string) =>
  components.find((component) => String(component.type).toUpperCase() === type);

const headerShape = (header: Json | undefined): HeaderShape | undefined => {
  if (!header) return undefined;
  const format = String(header.format ?? 'TEXT').toUpperCase();
  return format === 'TEXT' ? { format, text: textShape(header.text) } : { format };
};

function buttonShapes(buttons: Json | undefined): ButtonShape[] {
  const list = (buttons?.buttons ?? []) as Json[];
  return list.map((button) => {
    const type = String(button.type).toUpperCase();
    if (type === 'OTP') return { type: 'URL', parameter: 'url' };
    if (type === 'URL' && variablesOf(String(button.url ?? '')).length) return { type, parameter: 'url' };
    if (type === 'COPY_CODE') return { type, parameter: 'coupon_code' };
    return { type };
  });
}

/** @param format `NAMED` or `POSITIONAL`. @param category upper case. */
export function shapeOf(components: readonly Json[], format: string, category: string): TemplateShape {
  const authentication = category === 'AUTHENTICATION';
  const carousel = find(components, 'CAROUSEL');
  const cards = (carousel?.cards as Json[] | undefined)?.map((card) => {
    const parts = (card.components ?? []) as Json[];
    const body = find(parts, 'BODY');
    return {
      header: headerShape(find(parts, 'HEADER')),
      ...(body && { body: textShape(body.text) }),
      buttons: buttonShapes(find(parts, 'BUTTONS')),
    };
  });
  const offer = find(components, 'LIMITED_TIME_OFFER')?.limited_time_offer as Json | undefined;
  return {
    named: format === 'NAMED',
    header: headerShape(find(components, 'HEADER')),
    // The text of an authentication template is Meta's; its one variable is the code.
    body: authentication ? { variables: ['1'], fixed: 40 } : textShape(find(components, 'BODY')?.text),
    bodyOnly: components.length === 1,
    buttons: buttonShapes(find(components, 'BUTTONS')),
    cards,
    productCards: cards?.[0]?.header?.format === 'PRODUCT',
    offerExpires: offer?.has_expiration === true,
    authentication,
  };
}
