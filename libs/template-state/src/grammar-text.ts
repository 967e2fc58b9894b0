import type { GrammarCheck } from './grammar-problem.js';
import { type Fields, isFields, kindOf } from './template.js';
import { emojiIn, lengthOf } from './template-limits.js';
import { type Variables, variablesOf } from './variables.js';

const HEADER_MEDIA = new Set(['IMAGE', 'VIDEO', 'GIF', 'DOCUMENT']);

/** Checks a header: text with at most one variable, or media with a sample, or a location or product without one. */
export function checkHeader(check: GrammarCheck, header: Fields, at: string): void {
  const format = kindOf(header.format);
  if (format === 'TEXT') {
    const text = checkText(check, header.text, check.limits.headerText, `${at}.text`);
    if (text === undefined) return;
    if (/[*~`]|(^|\W)_[^_]+_(\W|$)/.test(text.replaceAll(/\{\{[^{}]*\}\}/g, ''))) {
      check.report('header_markdown', `${at}.text`, 'A header has no formatting: take out * _ ~ and `');
    }
    const variables = checkVariables(check, text, `${at}.text`);
    if (variables.names.length > 1) check.report('header_variables', `${at}.text`, 'A header has at most one variable');
    checkExample(check, variables, header.example, 'header_text', at);
    return;
  }
  if (HEADER_MEDIA.has(format)) {
    // Moving pictures are for the Marketing Messages API alone (template components page of 2025-11-21).
    if (format === 'GIF' && check.category !== undefined && check.category !== 'marketing') {
      check.report('component_not_allowed', at, 'Only marketing templates have a GIF');
    }
    const handles = isFields(header.example) ? header.example.header_handle : undefined;
    if (firstText(handles) !== undefined) return;
    const says = 'Meta reviews a sample: put the handle of an uploaded file in example.header_handle';
    check.report('header_example_missing', `${at}.example.header_handle`, says);
    return;
  }
  if (format === 'LOCATION' && check.category === 'authentication') {
    check.report('component_not_allowed', at, 'Only marketing and utility templates have a location');
  }
  if (format === 'PRODUCT' && check.category !== undefined && check.category !== 'marketing') {
    check.report('component_not_allowed', at, 'Only marketing templates have a product');
  }
  if (format === 'LOCATION' || format === 'PRODUCT') return;
  const says = 'format must be TEXT, IMAGE, VIDEO, GIF, DOCUMENT, LOCATION or PRODUCT';
  check.report('header_format_unknown', `${at}.format`, says);
}

/** Checks a body's text, its variables and their samples. */
export function checkBody(check: GrammarCheck, body: Fields, longest: number, at: string): void {
  const text = checkText(check, body.text, longest, `${at}.text`);
  if (text === undefined) return;
  const variables = checkVariables(check, text, `${at}.text`, { edges: true });
  const emoji = emojiIn(text);
  if (emoji > check.limits.bodyEmoji) {
    check.report('emoji_too_many', `${at}.text`, `The body has ${emoji} emoji, ${check.limits.bodyEmoji} are allowed`);
  }
  checkRatio(check, text, variables, `${at}.text`);
  checkExample(check, variables, body.example, 'body_text', at);
}

/**
 * Meta refuses bodies with too many variables for their length (2388293) and does not publish the ratio. Fewer words than
 * variables is beyond any that is known; what is nearer to it is left to Meta.
 */
function checkRatio(check: GrammarCheck, text: string, { names }: Variables, at: string): void {
  const words = text.replaceAll(/\{\{[^{}]*\}\}/g, ' ').match(/[\p{L}\p{N}]+/gu)?.length ?? 0;
  // Languages that put no spaces between words are counted by letters.
  const letters = text.match(/[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}]/gu)?.length ?? 0;
  if (Math.max(words, letters) >= names.length) return;
  const says = `${names.length} variables in ${words} words: use fewer variables or a longer text`;
  check.report('variables_too_many', at, says);
}

/** Checks a footer: short text without variables. */
export function checkFooter(check: GrammarCheck, footer: Fields, at: string): void {
  const text = checkText(check, footer.text, check.limits.footer, `${at}.text`);
  if (text !== undefined && variablesOf(text).names.length > 0) {
    check.report('footer_variables', `${at}.text`, 'A footer has no variables');
  }
}

/** Checks that a text is there and short enough; returns it if it is there. */
export function checkText(check: GrammarCheck, text: unknown, longest: number, at: string): string | undefined {
  if (typeof text !== 'string' || text.trim() === '') {
    check.report('text_missing', at, 'Write a text that is not empty');
    return undefined;
  }
  const length = lengthOf(text);
  if (length > longest) check.report('text_too_long', at, `The text has ${length} characters, ${longest} are allowed`);
  return text;
}

function checkVariables(check: GrammarCheck, text: string, at: string, rule: { edges?: boolean } = {}): Variables {
  const variables = variablesOf(text, rule);
  for (const { code, says } of variables.faults) check.report(code, at, says);
  if (variables.form !== 'none' && variables.form !== 'mixed' && variables.form !== check.form) {
    const says =
      check.form === 'positional'
        ? 'Number the variables {{1}}, {{2}} ..., or set parameter_format to named'
        : 'parameter_format is named: give each variable a name such as {{first_name}}';
    check.report('variables_wrong_form', at, says);
  }
  return variables;
}

/**
 * Checks that each variable has a sample. Positional: `body_text: [['Ada', '42']]` (a flat list is read too) or
 * `header_text: ['Ada']`; named: `body_text_named_params: [{param_name, example}]`.
 */
function checkExample(check: GrammarCheck, variables: Variables, example: unknown, field: string, at: string): void {
  if (variables.names.length === 0 || variables.form === 'mixed') return;
  const fields = isFields(example) ? example : {};
  const named = variables.form === 'named';
  const place = `${at}.example.${named ? `${field}_named_params` : field}`;
  const samples = named ? namedSamples(fields[`${field}_named_params`]) : positionalSamples(fields[field]);
  const without = variables.names.filter((name, i) => !samples.has(named ? name : String(i + 1)));
  if (without.length === 0) return;
  const list = without.map((name) => `{{${name}}}`).join(', ');
  check.report('example_missing', place, `Meta reviews a sample of each variable: give one for ${list}`);
}

function namedSamples(list: unknown): Set<string> {
  const entries = Array.isArray(list) ? list.filter(isFields) : [];
  return new Set(entries.filter((e) => isSample(e.example)).map((e) => String(e.param_name)));
}

function positionalSamples(list: unknown): Set<string> {
  const row = Array.isArray(list) && Array.isArray(list[0]) ? list[0] : list;
  const samples = Array.isArray(row) ? row : [];
  return new Set(samples.flatMap((sample, i) => (isSample(sample) ? String(i + 1) : [])));
}

const isSample = (value: unknown) => (typeof value === 'string' && value.trim() !== '') || typeof value === 'number';

/** The first text of a list, or the value itself if it is a text; clients send either. */
export function firstText(value: unknown): string | undefined {
  const first = Array.isArray(value) ? value[0] : value;
  return typeof first === 'string' && first !== '' ? first : undefined;
}
