import { type Check, type Placed, parametersIn } from './parameter-problem.js';
import type { NeededButton, NeededParameters } from './parameters.js';
import { type Fields, isFields, kindOf } from './template.js';
import { isLonger, lengthOf } from './template-limits.js';

/**
 * Checks the buttons of a send: each is found by its index, is of the kind that the template has there, and carries its
 * one parameter (Meta, template pages of 2025-11; a button without what it needs is a missing parameter, 131008).
 *
 * @param bodyValues the values of the body; for a one-time code the button must carry the same
 * @param path where in the sent template the components are
 */
export function checkButtons(
  check: Check,
  needed: NeededParameters,
  sent: readonly Placed[],
  bodyValues: ReadonlyMap<string, string>,
  path: string,
) {
  const taken = new Set<Placed>();
  for (const button of needed.buttons) {
    const placed = sent.find((p) => Number(p.component.index ?? Number.NaN) === button.index);
    if (placed) taken.add(placed);
    if (!placed) {
      if (!button.required) continue;
      missing(check, button, path);
      continue;
    }
    checkButton(check, button, placed, needed.oneTimeCode ? bodyValues.values().next().value : undefined);
  }
  for (const placed of sent) {
    if (taken.has(placed) || parametersIn(placed).length === 0) continue;
    // Kinds of button we do not know may take parameters we do not know.
    if (!['URL', 'COPY_CODE', 'QUICK_REPLY'].includes(kindOf(placed.component.sub_type))) continue;
    const says = 'The template has no button with a parameter at this index';
    check.problems.push({ refusal: 'template_parameter_count', at: placed.at, says });
  }
}

function missing(check: Check, button: NeededButton, at: string) {
  const says = `Button at index ${button.index} of type ${button.subType} requires a parameter of type ${button.parameter}`;
  check.problems.push({ refusal: 'missing_parameter', at, says });
}

function checkButton(check: Check, button: NeededButton, placed: Placed, code: string | undefined) {
  const wrong = (says: string, at = placed.at) =>
    check.problems.push({ refusal: 'template_parameter_format', at, says });
  if (kindOf(placed.component.sub_type) !== button.subType.toUpperCase()) {
    wrong(`Button ${button.index} of the template is of sub_type ${button.subType}`, `${placed.at}.sub_type`);
    return;
  }
  const parameters = parametersIn(placed);
  if (parameters.length === 0) {
    if (button.required) missing(check, button, placed.at);
    return;
  }
  if (parameters.length !== 1) {
    const says = `Button ${button.index} takes one parameter of type ${button.parameter}, ${parameters.length} were sent`;
    check.problems.push({ refusal: 'template_parameter_count', at: `${placed.at}.parameters`, says });
    return;
  }
  const at = `${placed.at}.parameters[0]`;
  const parameter = isFields(parameters[0]) ? parameters[0] : {};
  if (kindOf(parameter.type) !== button.parameter.toUpperCase()) {
    wrong(`Button ${button.index} takes a parameter of type ${button.parameter}`, at);
    return;
  }
  const value = parameter[button.parameter];
  if (button.parameter === 'action') {
    if (isFields(value)) checkAction(check, button, value, `${at}.action`);
    else if (button.required || value !== undefined) wrong('action must be an object', at);
    return;
  }
  if (typeof value !== 'string' || value === '') {
    check.problems.push({
      refusal: 'missing_parameter',
      at,
      says: `${button.parameter} must be a text that is not empty`,
    });
    return;
  }
  if (button.parameter === 'coupon_code') {
    if (isLonger(value, check.limits.couponCode)) {
      wrong(`A coupon code has at most ${check.limits.couponCode} characters, ${lengthOf(value)} were sent`, at);
    } else if (!/^[A-Za-z0-9]+$/.test(value)) wrong('A coupon code has only letters A to Z and digits', at);
  }
  if (code !== undefined) {
    if (value !== code) wrong('The code on the button must be the code in the body', at);
    if (isLonger(value, check.limits.authCode)) wrong(`A code has at most ${check.limits.authCode} characters`, at);
  }
}

/** What buttons carry that open something of WhatsApp's own: products, a flow, an order. */
function checkAction(check: Check, button: NeededButton, action: Fields, at: string) {
  const missing = (field: string, says: string) =>
    check.problems.push({ refusal: 'missing_parameter', at: `${at}.${field}`, says });
  const wrong = (field: string, says: string) =>
    check.problems.push({ refusal: 'template_parameter_format', at: `${at}.${field}`, says });
  if (button.subType === 'order_details') {
    if (!isFields(action.order_details)) missing('order_details', 'must be an object: the order to be paid');
  } else if (button.subType === 'flow') {
    const { flow_action_data: data } = action;
    if (data !== undefined && !isFields(data)) wrong('flow_action_data', 'must be an object');
  } else if (button.subType === 'mpm') {
    const thumbnail = action.thumbnail_product_retailer_id;
    if (typeof thumbnail !== 'string' || thumbnail === '') {
      missing('thumbnail_product_retailer_id', 'names the product whose picture is shown');
    }
    checkProducts(check, action.sections, `${at}.sections`);
  }
}

function checkProducts(check: Check, sections: unknown, at: string) {
  const wrong = (says: string, place = at) =>
    check.problems.push({ refusal: 'template_parameter_format', at: place, says });
  const { sections: most, products, sectionTitle } = check.limits;
  if (!Array.isArray(sections) || sections.length < 1 || sections.length > most) {
    wrong(`1 to ${most} sections of products are allowed`);
    return;
  }
  let count = 0;
  for (const [i, section] of sections.entries()) {
    const { title, product_items: items } = isFields(section) ? section : ({} as Fields);
    if (typeof title === 'string' ? isLonger(title, sectionTitle) : title !== undefined) {
      wrong(`A title is text of at most ${sectionTitle} characters`, `${at}[${i}].title`);
    }
    const named = (Array.isArray(items) ? items : []).filter(
      (item) => isFields(item) && typeof item.product_retailer_id === 'string' && item.product_retailer_id !== '',
    );
    if (!Array.isArray(items) || items.length === 0 || named.length < items.length) {
      wrong('A section lists products by their product_retailer_id', `${at}[${i}].product_items`);
    }
    count += named.length;
  }
  if (count > products) wrong(`At most ${products} products are allowed together, ${count} were sent`);
}
