import type { Json } from '../state/records.js';
import type { ButtonShape, HeaderShape, TemplateShape, TextShape } from './template-shape.js';

export type Refusal = { code: number; details: string };

const MEDIA = new Set(['IMAGE', 'VIDEO', 'DOCUMENT', 'GIF']);
const TEXTUAL = new Set(['text', 'currency', 'date_time']);

/** Compares what a send brings with what its template needs; the first difference is named as Meta names it. */
export function refuseParameters(shape: TemplateShape, components: readonly Json[]): Refusal | undefined {
  const part = (type: string) =>
    components.find((component) => String(component.type).toLowerCase() === type) as Json | undefined;
  const buttons = components.filter((component) => String(component.type).toLowerCase() === 'button');
  return (
    refuseHeader(shape.header, list(part('header')), shape.named) ??
    refuseText('body', shape.body, list(part('body')), shape.named, shape.bodyOnly ? 32_768 : 1024) ??
    refuseCode(shape, list(part('body'))) ??
    refuseButtons(shape.buttons, buttons) ??
    refuseOffer(shape, list(part('limited_time_offer'))) ??
    refuseCards(shape, part('carousel'))
  );
}

const list = (component: Json | undefined): Json[] =>
  Array.isArray(component?.parameters) ? (component.parameters as Json[]) : [];

function refuseHeader(header: HeaderShape | undefined, given: Json[], named: boolean): Refusal | undefined {
  if (!header) return given.length ? mismatch('header', given.length, 0) : undefined;
  if (header.text) return refuseText('header', header.text, given, named, 60);
  const parameter = given[0];
  const received = parameter ? String(parameter.type).toUpperCase() : 'UNKNOWN';
  if (given.length !== 1 || received !== header.format)
    return { code: 132012, details: `header: Format mismatch, expected ${header.format}, received ${received}` };
  const value = parameter?.[received.toLowerCase()] as Json | undefined;
  if (MEDIA.has(received) && !value?.id && !value?.link)
    return { code: 131008, details: `header: ${received.toLowerCase()} needs an id or a link` };
  return undefined;
}

function refuseText(
  where: string,
  shape: TextShape,
  given: Json[],
  named: boolean,
  limit: number,
): Refusal | undefined {
  if (given.length !== shape.variables.length) return mismatch(where, given.length, shape.variables.length);
  let length = shape.fixed;
  for (const parameter of given) {
    const type = String(parameter.type);
    if (!TEXTUAL.has(type))
      return { code: 132012, details: `${where}: parameter of type ${type} where text is needed` };
    const value = type === 'text' ? parameter.text : (parameter[type] as Json | undefined)?.fallback_value;
    if (typeof value !== 'string' || value === '')
      return { code: 131008, details: `${where}: parameter of type ${type} is missing its text` };
    // meta/templates.md §4: values carry no line breaks, tabs or more than four spaces in a row.
    if (/[\n\t]| {5}/.test(value))
      return { code: 132012, details: `${where}: text must not have new lines, tabs or more than 4 spaces in a row` };
    if (named) {
      const name = parameter.parameter_name;
      if (typeof name !== 'string') return { code: 132012, details: `${where}: parameter_name is missing or empty` };
      if (!shape.variables.includes(name))
        return { code: 132012, details: `${where}: the template has no variable named ${name}` };
    }
    length += value.length;
  }
  if (named && new Set(given.map((parameter) => parameter.parameter_name)).size !== given.length)
    return { code: 132012, details: `${where}: a variable is given twice` };
  return length > limit
    ? { code: 132005, details: `${where}: text of ${length} characters is longer than ${limit}` }
    : undefined;
}

const mismatch = (where: string, given: number, expected: number): Refusal => ({
  code: 132000,
  details: `${where}: number of localizable_params (${given}) does not match the expected number of params (${expected})`,
});

function refuseCode(shape: TemplateShape, given: Json[]): Refusal | undefined {
  const code = shape.authentication ? given[0]?.text : undefined;
  return typeof code === 'string' && code.length > 15
    ? { code: 132012, details: 'body: a one-time code has at most 15 characters' }
    : undefined;
}

function refuseButtons(shapes: ButtonShape[], given: Json[]): Refusal | undefined {
  for (const button of given) {
    const index = Number(button.index ?? 0);
    if (!Number.isInteger(index) || !shapes[index])
      return { code: 132018, details: `buttons: the template has no button at index ${String(button.index)}` };
    const type = shapes[index].type;
    const received = String(button.sub_type ?? '').toUpperCase();
    if (received !== type)
      return { code: 132012, details: `buttons: button at index ${index} is of type ${type}, received ${received}` };
  }
  for (const [index, shape] of shapes.entries()) {
    if (!shape.parameter) continue;
    const button = given.find((candidate) => Number(candidate.index ?? 0) === index);
    const parameter = list(button)[0];
    const value = shape.parameter === 'url' ? parameter?.text : parameter?.coupon_code;
    if (typeof value !== 'string' || value === '')
      return { code: 131008, details: `buttons: button at index ${index} of type ${shape.type} requires a parameter` };
    // 20 since 2025-12-03 (meta/messages.md §4).
    if (shape.parameter === 'coupon_code' && value.length > 20)
      return { code: 132012, details: `buttons: coupon code at index ${index} is longer than 20 characters` };
  }
  return undefined;
}

function refuseOffer(shape: TemplateShape, given: Json[]): Refusal | undefined {
  if (!shape.offerExpires) return undefined;
  const offer = given[0]?.limited_time_offer as Json | undefined;
  return Number(offer?.expiration_time_ms) > 0
    ? undefined
    : { code: 131008, details: 'limited_time_offer: expiration_time_ms is needed' };
}

function refuseCards(shape: TemplateShape, carousel: Json | undefined): Refusal | undefined {
  if (!shape.cards) return carousel ? { code: 132018, details: 'carousel: the template has no carousel' } : undefined;
  const cards = Array.isArray(carousel?.cards) ? (carousel.cards as Json[]) : [];
  const fits = shape.productCards ? cards.length >= 2 && cards.length <= 10 : cards.length === shape.cards.length;
  if (!fits)
    return { code: 132018, details: `carousel: ${cards.length} cards given, the template has ${shape.cards.length}` };
  for (const [position, card] of cards.entries()) {
    const wanted = shape.cards[position] ?? shape.cards[0]!;
    const parts = (Array.isArray(card.components) ? card.components : []) as Json[];
    const part = (type: string) => parts.find((component) => String(component.type).toLowerCase() === type);
    const refusal =
      refuseHeader(wanted.header, list(part('header')), shape.named) ??
      (wanted.body && refuseText('body', wanted.body, list(part('body')), shape.named, 160)) ??
      refuseButtons(
        wanted.buttons,
        parts.filter((component) => String(component.type).toLowerCase() === 'button'),
      );
    if (refusal) return { code: refusal.code, details: `carousel card ${position}: ${refusal.details}` };
  }
  return undefined;
}
