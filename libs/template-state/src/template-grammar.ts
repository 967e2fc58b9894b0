import { parseCategory, TEMPLATE_CATEGORIES, type TemplateCategory } from './category.js';
import { checkButtons } from './grammar-buttons.js';
import { checkCarousel } from './grammar-carousel.js';
import { type GrammarCheck, type GrammarProblem, refusalOf } from './grammar-problem.js';
import { checkBody, checkFooter, checkHeader, checkText } from './grammar-text.js';
import { isTemplateLanguage, normaliseLanguage } from './language.js';
import { componentsOf, type Fields, isFields, kindOf } from './template.js';
import type { TemplateLimits } from './template-limits.js';

const NAME = /^[a-z0-9_]+$/;

/**
 * Checks a whole template before it is submitted (`POST /<WABA>/message_templates`), so that its author hears of every
 * mistake at once and with its place, instead of one by one from Meta. What passes may still be rejected in review.
 * @param template the request's body, as it came; fields and components we do not know are let through
 * @returns the problems in the order of the template; empty when Meta should take it for review
 */
export function checkTemplate(template: unknown, limits: TemplateLimits): GrammarProblem[] {
  const problems: GrammarProblem[] = [];
  const report = reporter(problems);
  const fields = isFields(template) ? template : {};
  if (typeof fields.name !== 'string' || !NAME.test(fields.name) || fields.name.length > limits.name) {
    report('name_invalid', 'name', `A name has 1 to ${limits.name} small letters a-z, digits and underscores`);
  }
  if (typeof fields.language !== 'string' || !isTemplateLanguage(fields.language)) {
    report('language_unknown', 'language', languageHint(fields.language));
  }
  const category = parseCategory(fields.category);
  if (!category) report('category_unknown', 'category', `category must be one of ${TEMPLATE_CATEGORIES.join(', ')}`);
  const form = checkForm(fields.parameter_format, report);
  checkTimeToLive(fields.message_send_ttl_seconds, category, report);
  // Templates made from Meta's library bring no components of their own.
  if (fields.components === undefined && typeof fields.library_template_name === 'string') return problems;
  checkComponents({ limits, category, form, report }, fields.components);
  return problems;
}

/**
 * Checks what an edit replaces (`POST /<TEMPLATE_ID>`): all components of a template whose name, language and form of
 * variables stay.
 */
export function checkTemplateEdit(
  components: unknown,
  template: {
    readonly category: TemplateCategory;
    readonly form: 'positional' | 'named';
    /** `message_send_ttl_seconds`, if the edit changes it. */
    readonly timeToLive?: unknown;
  },
  limits: TemplateLimits,
): GrammarProblem[] {
  const problems: GrammarProblem[] = [];
  const { category, form, timeToLive } = template;
  const report = reporter(problems);
  checkTimeToLive(timeToLive, category, report);
  checkComponents({ limits, category, form, report }, components);
  return problems;
}

const reporter =
  (problems: GrammarProblem[]): GrammarCheck['report'] =>
  (code, at, says) =>
    problems.push({ code, refusal: refusalOf(code), at, says });

function languageHint(code: unknown): string {
  const likely = typeof code === 'string' ? normaliseLanguage(code) : '';
  return isTemplateLanguage(likely)
    ? `Write the language as ${likely}`
    : 'Choose a language Meta has templates in, such as en_US';
}

function checkForm(format: unknown, report: GrammarCheck['report']): 'positional' | 'named' {
  const word = format === undefined ? 'POSITIONAL' : kindOf(format);
  if (word !== 'POSITIONAL' && word !== 'NAMED') {
    report('format_unknown', 'parameter_format', 'parameter_format must be named or positional');
  }
  return word === 'NAMED' ? 'named' : 'positional';
}

/**
 * Seconds Meta goes on trying to deliver (limits page, 2025-11): what each category may ask for. -1 means 30 days, for
 * authentication and utility.
 */
const TIME_TO_LIVE: Readonly<Record<TemplateCategory, readonly [number, number]>> = {
  authentication: [30, 900],
  utility: [30, 43_200],
  marketing: [43_200, 2_592_000],
};

function checkTimeToLive(ttl: unknown, category: TemplateCategory | undefined, report: GrammarCheck['report']): void {
  if (ttl === undefined || category === undefined) return;
  const [least, most] = TIME_TO_LIVE[category];
  const seconds = typeof ttl === 'string' && /^-?\d+$/.test(ttl) ? Number(ttl) : ttl;
  if (seconds === -1 && category !== 'marketing') return;
  if (typeof seconds === 'number' && Number.isInteger(seconds) && seconds >= least && seconds <= most) return;
  const says = `${category} templates may live ${least} to ${most} seconds${category === 'marketing' ? '' : ', or -1'}`;
  report('time_to_live_out_of_range', 'message_send_ttl_seconds', says);
}

/** Far more than there are types of components, those that we do not know included. */
const MOST_COMPONENTS = 50;

// What a template has at most once.
const ONCE = new Set([
  'HEADER',
  'BODY',
  'FOOTER',
  'BUTTONS',
  'CAROUSEL',
  'LIMITED_TIME_OFFER',
  'CALL_PERMISSION_REQUEST',
]);

function checkComponents(check: GrammarCheck, components: unknown): void {
  if (!Array.isArray(components) || components.length === 0) {
    check.report('components_missing', 'components', 'components must be a list with at least a BODY');
    return;
  }
  // Each is looked at beside all others, so a list without end would take as long as its square.
  if (components.length > MOST_COMPONENTS) {
    const says = `There are ${components.length} components; a template has at most one of each type`;
    check.report('component_repeated', 'components', says);
    return;
  }
  if (componentsOf(components, 'BODY').length === 0) {
    check.report('body_missing', 'components', 'A template needs a component of type BODY');
  }
  if (check.category === 'authentication' && componentsOf(components, 'BUTTONS').length === 0) {
    const says = 'An authentication template needs BUTTONS with one button of type OTP';
    check.report('buttons_missing', 'components', says);
  }
  checkProduct(check, components);
  const seen = new Set<string>();
  for (const [i, component] of components.entries()) {
    const at = `components[${i}]`;
    const kind = isFields(component) ? kindOf(component.type) : '';
    if (!isFields(component) || kind === '') {
      check.report('component_malformed', at, 'A component must be an object with a type');
      continue;
    }
    if (seen.has(kind) && ONCE.has(kind)) check.report('component_repeated', at, `There may be only one ${kind}`);
    seen.add(kind);
    if (check.category === 'authentication') checkAuthentication(check, kind, component, at);
    else checkComponent(check, kind, component, at, components);
  }
}

function checkComponent(
  check: GrammarCheck,
  kind: string,
  component: Fields,
  at: string,
  all: readonly unknown[],
): void {
  const offer = componentsOf(all, 'LIMITED_TIME_OFFER').length > 0;
  switch (kind) {
    case 'HEADER':
      checkHeader(check, component, at);
      if (offer && !['IMAGE', 'VIDEO'].includes(kindOf(component.format))) {
        check.report('offer_invalid', `${at}.format`, 'Beside a limited-time offer the header is an IMAGE or VIDEO');
      }
      return;
    case 'BODY':
      checkBody(check, component, longestBody(check.limits, all), at);
      return;
    case 'FOOTER':
      checkFooter(check, component, at);
      if (offer) check.report('offer_invalid', at, 'A template with a limited-time offer has no footer');
      return;
    case 'BUTTONS':
      checkButtons(check, component.buttons, check.limits.buttons, `${at}.buttons`);
      return;
    case 'CAROUSEL':
      checkCarousel(check, component, at);
      return;
    case 'LIMITED_TIME_OFFER':
      checkOffer(check, component, at);
      return;
    default: // Meta adds components before we learn of them.
  }
}

/** A product above a text comes with its own button, and the button with a product (single product page of 2025-11). */
function checkProduct(check: GrammarCheck, components: readonly unknown[]): void {
  const header = componentsOf(components, 'HEADER')[0];
  const isProduct = kindOf(header?.format) === 'PRODUCT';
  const buttons = componentsOf(components, 'BUTTONS').flatMap((c) => (Array.isArray(c.buttons) ? c.buttons : []));
  const hasButton = buttons.some((button) => isFields(button) && kindOf(button.type) === 'SPM');
  if (isProduct && !hasButton) {
    check.report('buttons_missing', 'components', 'A header of format PRODUCT needs a button of type SPM');
  } else if (hasButton && !isProduct) {
    check.report('component_not_allowed', 'components', 'A button of type SPM needs a header of format PRODUCT');
  }
}

function longestBody(limits: TemplateLimits, all: readonly unknown[]): number {
  if (componentsOf(all, 'LIMITED_TIME_OFFER').length > 0) return limits.offerBody;
  return kindOf(componentsOf(all, 'HEADER')[0]?.format) === 'PRODUCT' ? limits.productBody : limits.body;
}

function checkOffer(check: GrammarCheck, component: Fields, at: string): void {
  const offer = isFields(component.limited_time_offer) ? component.limited_time_offer : {};
  checkText(check, offer.text, check.limits.offerText, `${at}.limited_time_offer.text`);
  if (check.category !== undefined && check.category !== 'marketing') {
    check.report('component_not_allowed', at, 'Only marketing templates have a limited-time offer');
  }
}

/** An authentication template: Meta writes the texts, the author chooses from what may stand in them. */
function checkAuthentication(check: GrammarCheck, kind: string, component: Fields, at: string): void {
  if (kind === 'BODY' || kind === 'FOOTER') {
    if (component.text !== undefined) {
      const says = 'Meta writes the texts of authentication templates: leave text out';
      check.report('text_not_allowed', `${at}.text`, says);
    }
    const minutes = component.code_expiration_minutes;
    const right = typeof minutes === 'number' && Number.isInteger(minutes) && minutes >= 1 && minutes <= 90;
    if (kind === 'FOOTER' && minutes !== undefined && !right) {
      check.report('code_expiration_out_of_range', `${at}.code_expiration_minutes`, 'A code is valid 1 to 90 minutes');
    }
    return;
  }
  if (kind === 'BUTTONS') {
    checkButtons(check, component.buttons, 1, `${at}.buttons`);
    return;
  }
  check.report('component_not_allowed', at, `An authentication template has no ${kind}`);
}
