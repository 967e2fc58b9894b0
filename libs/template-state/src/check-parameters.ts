import { checkButtons } from './check-buttons.js';
import { checkValue, faultOfMedia } from './check-value.js';
import { type Check, type ParameterProblem, type Placed, parametersIn } from './parameter-problem.js';
import { type NeededParameters, parametersOf } from './parameters.js';
import { componentsOf, type Fields, isFields, kindOf } from './template.js';
import { isLonger, lengthOf, type TemplateLimits } from './template-limits.js';
import { fillIn } from './variables.js';

/**
 * Whether the components of a send fit the template they name.
 * @param stored the template's components as Meta lists them
 * @param sent `template.components` of the message; absent means none
 * @returns the problems in the order header, body, buttons, cards; empty when Meta should take it. Fields and components
 *   we do not know are let through, since Meta adds some before we learn of them.
 */
export function checkParameters(stored: unknown, sent: unknown, limits: TemplateLimits): ParameterProblem[] {
  const check: Check = { limits, problems: [] };
  if (sent !== undefined && sent !== null && !Array.isArray(sent)) {
    return [{ refusal: 'template_parameter_format', at: 'components', says: 'components must be an array' }];
  }
  checkLevel(check, stored, parametersOf(stored), Array.isArray(sent) ? sent : [], 'components');
  return check.problems;
}

function checkLevel(check: Check, stored: unknown, needed: NeededParameters, sent: readonly unknown[], path: string) {
  const placed = sent.flatMap((component, i) => (isFields(component) ? [{ component, at: `${path}[${i}]` }] : []));
  const find = (kind: string) => placed.find((p) => kindOf(p.component.type) === kind);
  const header = find('HEADER');
  const body = find('BODY');

  checkHeader(check, stored, needed, header, path);
  const values = checkTexts(check, 'body', needed.body, needed.named, body, path);
  if (values.size > 0) {
    const alone = Array.isArray(stored) && stored.length === 1;
    const allowed = alone ? check.limits.sentBodyAlone : check.limits.sentBody;
    checkLength(check, 'body', componentsOf(stored, 'BODY')[0]?.text, values, allowed, body, path);
  }
  checkButtons(
    check,
    needed,
    placed.filter((p) => kindOf(p.component.type) === 'BUTTON'),
    values,
    path,
  );
  if (needed.offerEnd) checkOffer(check, find('LIMITED_TIME_OFFER'), path);
  checkCards(check, stored, needed, find('CAROUSEL'), path);
}

function checkHeader(check: Check, stored: unknown, needed: NeededParameters, sent: Placed | undefined, path: string) {
  const header = needed.header;
  if (header === undefined || header.kind === 'text') {
    const variables = header?.variables ?? [];
    const values = checkTexts(check, 'header', variables, needed.named, sent, path);
    if (values.size > 0) {
      checkLength(
        check,
        'header',
        componentsOf(stored, 'HEADER')[0]?.text,
        values,
        check.limits.headerText,
        sent,
        path,
      );
    }
    return;
  }
  const parameters = parametersIn(sent);
  const at = sent ? `${sent.at}.parameters[0]` : path;
  const says = faultOfMedia(header.kind, parameters);
  if (says) check.problems.push({ refusal: 'template_parameter_format', at, says });
}

/** Checks the texts of a header or body and returns them by the name of their variable. */
function checkTexts(
  check: Check,
  part: 'header' | 'body',
  variables: readonly string[],
  named: boolean,
  sent: Placed | undefined,
  path: string,
): Map<string, string> {
  const parameters = parametersIn(sent);
  const values = new Map<string, string>();
  if (parameters.length !== variables.length) {
    const says = `${part}: the template has ${variables.length} variables, ${parameters.length} parameters were sent`;
    check.problems.push({ refusal: 'template_parameter_count', at: sent ? `${sent.at}.parameters` : path, says });
    return values;
  }
  for (const [i, parameter] of parameters.entries()) {
    const at = `${sent!.at}.parameters[${i}]`;
    const checked = checkValue(parameter);
    if ('says' in checked) {
      check.problems.push({ refusal: checked.refusal, at, says: checked.says });
      continue;
    }
    const name = named ? (parameter as Fields).parameter_name : variables[i];
    if (typeof name !== 'string' || !variables.includes(name) || values.has(name)) {
      const names = variables.join(', ');
      const says = `parameter_name must be each of these names once: ${names}`;
      check.problems.push({ refusal: 'template_parameter_format', at: `${at}.parameter_name`, says });
      continue;
    }
    values.set(name, checked.text);
  }
  return values;
}

/** Checks the length of a text with its values in place. */
function checkLength(
  check: Check,
  part: 'header' | 'body',
  template: unknown,
  values: ReadonlyMap<string, string>,
  allowed: number,
  sent: Placed | undefined,
  path: string,
) {
  if (typeof template !== 'string') return;
  const filled = fillIn(template, values);
  if (!isLonger(filled, allowed)) return;
  const says = `The ${part} has ${lengthOf(filled)} characters with its values, ${allowed} are allowed`;
  check.problems.push({ refusal: 'template_text_too_long', at: sent?.at ?? path, says });
}

function checkOffer(check: Check, placed: Placed | undefined, path: string) {
  const parameter = parametersIn(placed)[0];
  const offer = isFields(parameter) ? parameter.limited_time_offer : undefined;
  const end = isFields(offer) ? Number(offer.expiration_time_ms ?? Number.NaN) : Number.NaN;
  if (Number.isSafeInteger(end) && end > 0) return;
  const says = 'The offer counts down: send limited_time_offer.expiration_time_ms, in milliseconds since 1970';
  check.problems.push({ refusal: 'template_parameter_format', at: placed ? `${placed.at}.parameters[0]` : path, says });
}

function checkCards(check: Check, stored: unknown, needed: NeededParameters, placed: Placed | undefined, path: string) {
  if (!needed.cards) return;
  const { exactly, each } = needed.cards;
  const cards = Array.isArray(placed?.component.cards) ? placed.component.cards : [];
  const { minCards, maxCards } = check.limits;
  const fits = exactly === undefined ? cards.length >= minCards && cards.length <= maxCards : cards.length === exactly;
  if (!fits) {
    const wanted = exactly ?? `${minCards} to ${maxCards}`;
    const says = `The carousel takes ${wanted} cards, ${cards.length} were sent`;
    check.problems.push({ refusal: 'template_parameter_count', at: placed ? `${placed.at}.cards` : path, says });
    return;
  }
  const positions = cards.map((card, i) => (isFields(card) ? Number(card.card_index ?? i) : Number.NaN));
  if (new Set(positions).size !== cards.length || positions.some((n) => !(n >= 0 && n < cards.length))) {
    const says = `card_index must be each number from 0 to ${cards.length - 1} once`;
    check.problems.push({ refusal: 'template_parameter_format', at: `${placed!.at}.cards`, says });
    return;
  }
  const storedCards = componentsOf(stored, 'CAROUSEL')[0]?.cards as readonly unknown[];
  for (const [i, card] of cards.entries()) {
    // Cards share one shape, so a product card beyond those created looks like the last.
    const like = Math.min(positions[i]!, each.length - 1);
    const shape = storedCards[like];
    const components = isFields(card) && Array.isArray(card.components) ? card.components : [];
    const at = `${placed!.at}.cards[${i}].components`;
    checkLevel(check, isFields(shape) ? shape.components : [], each[like]!, components, at);
  }
}
