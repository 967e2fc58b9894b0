import type { Json } from '../state/records.js';
import { LANGUAGES } from './languages.js';
import { variablesOf } from './template-shape.js';

export interface TemplateDraft {
  name: unknown;
  language: unknown;
  category: unknown;
  parameterFormat: 'POSITIONAL' | 'NAMED';
  components: unknown;
}

/** Code 100 with the subcode that tells what is wrong (meta/errors.csv), and what a person is shown. */
export interface GrammarRefusal {
  subcode?: number;
  title: string;
  details: string;
}

export const CATEGORIES = ['MARKETING', 'UTILITY', 'AUTHENTICATION'];

const TOO_LONG = { subcode: 2388040, title: 'Character limit exceeded' };
const HEADER = { subcode: 2388047, title: 'Message header format incorrect' };
const BODY = { subcode: 2388072, title: 'Message body format incorrect' };
const FOOTER = { subcode: 2388073, title: 'Message footer format incorrect' };
const EDGE = { subcode: 2388299, title: 'Leading or trailing params not allowed' };
const RATIO = { subcode: 2388293, title: 'Parameters to words ratio exceeds limit' };
const PLAIN = { title: 'Invalid parameter' };

// How many of a kind one template may have (meta/templates.md §3).
const BUTTON_CAPS: Readonly<Record<string, number>> = {
  QUICK_REPLY: 10,
  URL: 2,
  PHONE_NUMBER: 1,
  COPY_CODE: 1,
  OTP: 1,
  CATALOG: 1,
  MPM: 1,
  SPM: 1,
  FLOW: 1,
  VOICE_CALL: 1,
  REQUEST_CONTACT_INFO: 1,
};
const FORMATS = new Set(['TEXT', 'IMAGE', 'VIDEO', 'GIF', 'DOCUMENT', 'LOCATION', 'PRODUCT']);

/** Checks a template as Meta does on creation, in the main rules of meta/templates.md §2–4. */
export function refuseTemplate(draft: TemplateDraft): GrammarRefusal | undefined {
  const { name, language, category, components } = draft;
  if (typeof name !== 'string' || !/^[a-z0-9_]{1,512}$/.test(name))
    return { ...PLAIN, details: 'name: 1 to 512 lower-case letters, digits and underscores.' };
  if (typeof language !== 'string' || !LANGUAGES.has(language))
    return { ...PLAIN, details: `language: ${String(language)} is not a template language.` };
  if (typeof category !== 'string' || !CATEGORIES.includes(category))
    return { ...PLAIN, details: `category must be one of {${CATEGORIES.join(', ')}}.` };
  if (!Array.isArray(components)) return { ...PLAIN, details: 'components: a list is needed.' };
  return refuseComponents(components as Json[], category, draft.parameterFormat);
}

/** The rules that an edit must keep too. */
export function refuseComponents(
  components: Json[],
  category: string,
  format: 'POSITIONAL' | 'NAMED',
): GrammarRefusal | undefined {
  const part = (type: string) => components.find((component) => String(component?.type).toUpperCase() === type);
  const body = part('BODY');
  if (!body) return { ...BODY, details: 'A BODY component is needed.' };
  const authentication = category === 'AUTHENTICATION';
  return (
    (authentication ? refuseAuthenticationBody(body) : refuseBody(body, format, Boolean(part('LIMITED_TIME_OFFER')))) ??
    refuseHeader(part('HEADER'), format) ??
    (authentication ? undefined : refuseFooter(part('FOOTER'))) ??
    refuseButtons(part('BUTTONS'), authentication) ??
    refuseCarousel(part('CAROUSEL'))
  );
}

function refuseAuthenticationBody(body: Json): GrammarRefusal | undefined {
  return body.text === undefined
    ? undefined
    : { ...BODY, details: 'The text of an authentication template is fixed; give no text.' };
}

function refuseBody(body: Json, format: 'POSITIONAL' | 'NAMED', offer: boolean): GrammarRefusal | undefined {
  const text = body.text;
  if (typeof text !== 'string' || !text.trim()) return { ...BODY, details: 'BODY needs a text.' };
  const limit = offer ? 600 : 1024;
  if (text.length > limit) return { ...TOO_LONG, details: `BODY has ${text.length} characters, ${limit} are allowed.` };
  const trimmed = text.trim();
  if (/^\{\{[^{}]*\}\}/.test(trimmed) || /\{\{[^{}]*\}\}$/.test(trimmed))
    return { ...EDGE, details: 'Variables cannot be at the start or end of the body; put words around them.' };
  const wrong = refuseVariables(text, format);
  if (wrong) return { ...BODY, details: `BODY: ${wrong}` };
  const variables = variablesOf(text);
  const words = text.replace(/\{\{[^{}]*\}\}/g, ' ').match(/[\p{L}\p{N}]+/gu)?.length ?? 0;
  // Meta does not publish the ratio; fewer words than variables is refused here, which is lenient.
  if (words < variables.length)
    return { ...RATIO, details: `${variables.length} variables in ${words} words: use fewer or a longer text.` };
  return refuseExamples('BODY', variables, body.example as Json | undefined, format, 'body_text');
}

function refuseVariables(text: string, format: 'POSITIONAL' | 'NAMED'): string | undefined {
  const rest = text.replace(/\{\{[^{}]*\}\}/g, '');
  if (/\{\{|\}\}/.test(rest)) return 'braces of a variable do not match.';
  if (/\}\}\{\{/.test(text)) return 'variables are next to each other.';
  const variables = variablesOf(text);
  if (format === 'NAMED') {
    const bad = variables.find((name) => !/^[a-z_][a-z0-9_]*$/.test(name));
    return bad === undefined ? undefined : `{{${bad}}} is not a lower-case name.`;
  }
  const bad = variables.find((name) => !/^\d+$/.test(name));
  if (bad !== undefined) return `{{${bad}}} is not a number; use parameter_format named for names.`;
  const numbers = variables.map(Number).sort((a, b) => a - b);
  return numbers.every((number, i) => number === i + 1) ? undefined : 'variables must run from {{1}} without gaps.';
}

function refuseExamples(
  where: string,
  variables: string[],
  example: Json | undefined,
  format: 'POSITIONAL' | 'NAMED',
  key: string,
): GrammarRefusal | undefined {
  if (!variables.length) return undefined;
  const refusal = where === 'HEADER' ? HEADER : BODY;
  if (format === 'NAMED') {
    const given = (example?.[`${key}_named_params`] ?? []) as Json[];
    const names = Array.isArray(given) ? given.filter((one) => one?.example).map((one) => one.param_name) : [];
    const without = variables.find((name) => !names.includes(name));
    return without === undefined ? undefined : { ...refusal, details: `${where}: no example for {{${without}}}.` };
  }
  const given = example?.[key];
  const values = Array.isArray(given) && Array.isArray(given[0]) ? given[0] : given;
  const count = Array.isArray(values) ? values.filter((value) => typeof value === 'string' && value).length : 0;
  return count >= variables.length
    ? undefined
    : { ...refusal, details: `${where}: ${variables.length} examples are needed, ${count} given.` };
}

function refuseHeader(header: Json | undefined, format: 'POSITIONAL' | 'NAMED'): GrammarRefusal | undefined {
  if (!header) return undefined;
  const kind = String(header.format).toUpperCase();
  if (!FORMATS.has(kind)) return { ...HEADER, details: `HEADER format must be one of {${[...FORMATS].join(', ')}}.` };
  if (kind === 'TEXT') {
    const text = header.text;
    if (typeof text !== 'string' || !text.trim()) return { ...HEADER, details: 'HEADER needs a text.' };
    if (text.length > 60) return { ...TOO_LONG, details: `HEADER has ${text.length} characters, 60 are allowed.` };
    const variables = variablesOf(text);
    if (variables.length > 1) return { ...HEADER, details: 'HEADER may have one variable.' };
    const wrong = refuseVariables(text, format);
    if (wrong) return { ...HEADER, details: `HEADER: ${wrong}` };
    return refuseExamples('HEADER', variables, header.example as Json | undefined, format, 'header_text');
  }
  if (kind === 'LOCATION' || kind === 'PRODUCT') return undefined;
  const handles = (header.example as Json | undefined)?.header_handle;
  return Array.isArray(handles) && handles[0]
    ? undefined
    : { ...HEADER, details: `HEADER of format ${kind} needs example.header_handle.` };
}

function refuseFooter(footer: Json | undefined): GrammarRefusal | undefined {
  if (!footer) return undefined;
  const text = footer.text;
  if (typeof text !== 'string' || !text.trim()) return { ...FOOTER, details: 'FOOTER needs a text.' };
  if (text.length > 60) return { ...TOO_LONG, details: `FOOTER has ${text.length} characters, 60 are allowed.` };
  return variablesOf(text).length ? { ...FOOTER, details: 'FOOTER has no variables.' } : undefined;
}

function refuseButtons(component: Json | undefined, authentication: boolean): GrammarRefusal | undefined {
  if (!component) return undefined;
  const buttons = component.buttons;
  const refuse = (details: string): GrammarRefusal => ({ ...PLAIN, details: `BUTTONS: ${details}` });
  if (!Array.isArray(buttons) || !buttons.length) return refuse('a list of buttons is needed.');
  if (buttons.length > 10) return refuse(`${buttons.length} buttons given, 10 are allowed.`);
  const kinds = (buttons as Json[]).map((button) => String(button?.type).toUpperCase());
  for (const [i, kind] of kinds.entries()) {
    const button = buttons[i] as Json;
    const cap = BUTTON_CAPS[kind];
    if (cap === undefined) return refuse(`type ${kind} is not known.`);
    if (kinds.filter((other) => other === kind).length > cap) return refuse(`at most ${cap} of type ${kind}.`);
    if (kind === 'OTP' && !authentication) return refuse('OTP buttons belong to authentication templates.');
    if (['QUICK_REPLY', 'URL', 'PHONE_NUMBER', 'FLOW'].includes(kind)) {
      if (typeof button.text !== 'string' || !button.text) return refuse(`a button of type ${kind} needs a text.`);
      if (button.text.length > 25) return { ...TOO_LONG, details: `BUTTONS: "${button.text}" is longer than 25.` };
    }
    if (kind === 'URL') {
      const url = String(button.url ?? '');
      if (!/^https?:\/\//.test(url)) return refuse('a URL button needs a url.');
      if (url.length > 2000) return { ...TOO_LONG, details: 'BUTTONS: url is longer than 2000.' };
      if (variablesOf(url).length > 1 || (url.includes('{{') && !url.endsWith('}}')))
        return refuse('a url has one variable, at its end.');
      if (url.includes('{{') && !button.example) return refuse('a url with a variable needs an example.');
    }
    if (kind === 'PHONE_NUMBER' && !/^\+?[\d\s()-]{5,20}$/.test(String(button.phone_number ?? '')))
      return refuse('a phone number of at most 20 characters is needed.');
    if (kind === 'COPY_CODE' && !button.example) return refuse('a copy code button needs an example.');
  }
  const replies = kinds.map((kind) => (kind === 'QUICK_REPLY' ? 'q' : 'o')).join('');
  return /^(q*o*|o*q*)$/.test(replies) ? undefined : refuse('quick replies must stand together.');
}

function refuseCarousel(carousel: Json | undefined): GrammarRefusal | undefined {
  if (!carousel) return undefined;
  const cards = carousel.cards;
  return Array.isArray(cards) && cards.length >= 2 && cards.length <= 10
    ? undefined
    : { ...PLAIN, details: 'CAROUSEL has 2 to 10 cards.' };
}
