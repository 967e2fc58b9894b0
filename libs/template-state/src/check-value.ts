import { type Fields, isFields, kindOf } from './template.js';

/** A value that can be put into a text, or what is wrong with it. */
export type CheckedValue =
  | { readonly text: string }
  | { readonly refusal: 'template_parameter_format' | 'missing_parameter'; readonly says: string };

/**
 * Reads one parameter of a header's or body's text: `text`, or `currency` and `date_time` by their fallback.
 * New lines, tabs and more than four spaces in a row are refused by Meta in values (132012, 132018 since v23).
 */
export function checkValue(parameter: unknown): CheckedValue {
  if (!isFields(parameter)) return { refusal: 'template_parameter_format', says: 'A parameter must be an object' };
  const kind = kindOf(parameter.type);
  if (kind === 'CURRENCY' || kind === 'DATE_TIME') {
    const value = parameter[kind.toLowerCase()];
    const fallback = isFields(value) ? value.fallback_value : undefined;
    if (typeof fallback !== 'string' || fallback === '') {
      return { refusal: 'missing_parameter', says: `${kind.toLowerCase()}.fallback_value is missing` };
    }
    const says = kind === 'CURRENCY' ? faultOfCurrency(value as Fields) : undefined;
    return says ? { refusal: 'template_parameter_format', says } : { text: fallback };
  }
  if (kind !== 'TEXT') {
    return { refusal: 'template_parameter_format', says: 'The type must be text, currency or date_time' };
  }
  const { text } = parameter;
  if (typeof text !== 'string' || text === '') {
    return { refusal: 'missing_parameter', says: 'text must be a text that is not empty' };
  }
  if (/[\n\r\t]| {5}/.test(text)) {
    const says = 'A value may have no new line, no tab and no more than four spaces in a row';
    return { refusal: 'template_parameter_format', says };
  }
  return { text };
}

/** Meta takes an ISO 4217 code and thousandths of the unit, as a whole number. */
function faultOfCurrency({ code, amount_1000: amount }: Fields): string | undefined {
  if (typeof code !== 'string' || !/^[A-Za-z]{3}$/.test(code))
    return 'currency.code must be three letters, such as EUR';
  return Number.isSafeInteger(amount) ? undefined : 'currency.amount_1000 must be a whole number of thousandths';
}

type MediaKind = 'image' | 'video' | 'gif' | 'document' | 'location' | 'product';

/** What is wrong with the one parameter of a header that is no text; undefined if nothing is. */
export function faultOfMedia(kind: MediaKind, parameters: readonly unknown[]): string | undefined {
  const sent = parameters.length === 1 && isFields(parameters[0]) ? parameters[0] : undefined;
  if (!sent || kindOf(sent.type) !== kind.toUpperCase()) {
    return `The header of the template is of kind ${kind}: send one parameter of that type`;
  }
  const value = isFields(sent[kind]) ? sent[kind] : {};
  const has = (field: string) => isText(value, field) || typeof value[field] === 'number';
  if (kind === 'location')
    return has('latitude') && has('longitude') ? undefined : 'A location needs latitude and longitude';
  if (kind === 'product') {
    return has('product_retailer_id') && has('catalog_id')
      ? undefined
      : 'A product needs product_retailer_id and catalog_id';
  }
  if (isText(value, 'link') && !/^https?:\/\/\S+$/i.test(String(value.link))) {
    return `${kind}.link must be an address that begins with http:// or https://`;
  }
  return has('id') || has('link') ? undefined : `${kind} needs the id of an uploaded file or a link`;
}

const isText = (value: Fields, field: string) => typeof value[field] === 'string' && value[field] !== '';
