import { ANSWER_KINDS, type Flow, NAME, type Step } from './flow.js';

const MOST_STEPS = 300;
const LONGEST_TEXT = 4_096;
/** Of a message with buttons, a list or products (Meta, interactive messages). */
const LONGEST_INTERACTIVE = 1_024;
const DOES = ['say', 'send', 'ask', 'choose', 'if', 'set', 'call', 'products', 'wait', 'answer', 'hand_over'];
const CONDITIONS = ['equal', 'one_of', 'contains', 'less', 'more', 'set'];

type Fields = Record<string, unknown>;
const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const isText = (value: unknown, longest = LONGEST_TEXT): value is string =>
  typeof value === 'string' && value.length > 0 && value.length <= longest;
const isName = (value: unknown): value is string => typeof value === 'string' && NAME.test(value);
const isList = (value: unknown, most: number): value is unknown[] =>
  Array.isArray(value) && value.length > 0 && value.length <= most;
const isWholeUpTo = (most: number) => (value: unknown) =>
  Number.isInteger(value) && (value as number) >= 1 && (value as number) <= most;

/**
 * Reads a flow as a merchant gives it.
 *
 * @returns the flow, or every problem with its place
 */
export function checkFlow(given: unknown): { flow: Flow } | { problems: string[] } {
  const problems: string[] = [];
  if (!isFields(given)) return { problems: ['flow: must be an object'] };
  const steps = isFields(given.steps) ? given.steps : {};
  const count = Object.keys(steps).length;
  if (count === 0 || count > MOST_STEPS) problems.push(`steps: must be an object of 1 to ${MOST_STEPS} steps by name`);
  if (!isName(given.start) || !Object.hasOwn(steps, given.start)) problems.push('start: must name a step');
  if (!isList(given.triggers, 20)) problems.push('triggers: must be a list of 1 to 20');
  else for (const [i, trigger] of given.triggers.entries()) checkTrigger(trigger, `triggers.${i}`, problems);
  if (given.silence_minutes !== undefined && !isWholeUpTo(1_440)(given.silence_minutes)) {
    problems.push('silence_minutes: must be 1 to 1440: within the service window');
  }
  if (given.answer_url !== undefined && !(isText(given.answer_url, 2_000) && URL.canParse(given.answer_url))) {
    problems.push('answer_url: must be a URL');
  }
  for (const [name, step] of Object.entries(steps)) {
    if (!isName(name)) problems.push(`steps.${name}: a name is of small letters, digits and _`);
    else checkStep(step, `steps.${name}`, steps, problems);
  }
  return problems.length > 0 ? { problems } : { flow: given as unknown as Flow };
}

function checkTrigger(trigger: unknown, at: string, problems: string[]): void {
  if (!isFields(trigger)) problems.push(`${at}: must be an object`);
  else if (trigger.on === 'keyword') {
    if (!isList(trigger.words, 100) || !trigger.words.every((w) => isText(w, 100)))
      problems.push(`${at}.words: 1 to 100 words`);
  } else if (trigger.on === 'intent') {
    if (!isText(trigger.name, 100)) problems.push(`${at}.name: is required`);
    if (!isList(trigger.examples, 200) || !trigger.examples.every((e) => isText(e, 300))) {
      problems.push(`${at}.examples: 1 to 200 sentences`);
    }
  } else if (trigger.on !== 'anything') problems.push(`${at}.on: must be keyword, intent or anything`);
}

function checkStep(step: unknown, at: string, steps: Fields, problems: string[]): void {
  if (!isFields(step) || !DOES.includes(String(step.do))) {
    problems.push(`${at}.do: must be one of ${DOES.join(', ')}`);
    return;
  }
  const must = (fits: boolean, field: string, what: string) => {
    if (!fits) problems.push(`${at}.${field}: ${what}`);
  };
  for (const field of ['next', 'otherwise', 'on_silence', 'back', 'yes', 'no'] as const) {
    const target = step[field];
    must(target === undefined || (isName(target) && Object.hasOwn(steps, target)), field, 'names no step');
  }
  must(step.tries === undefined || isWholeUpTo(10)(step.tries), 'tries', 'must be 1 to 10');
  must(
    step.silence_minutes === undefined || isWholeUpTo(1_440)(step.silence_minutes),
    'silence_minutes',
    'must be 1 to 1440',
  );
  must(step.retry === undefined || isText(step.retry, LONGEST_INTERACTIVE), 'retry', 'must be a text');
  checkKind(step as Fields & { do: Step['do'] }, must, steps);
}

type Must = (fits: boolean, field: string, what: string) => void;

function checkKind(step: Fields & { do: Step['do'] }, must: Must, steps: Fields): void {
  switch (step.do) {
    case 'say':
      must(isText(step.text), 'text', `must be a text of up to ${LONGEST_TEXT} characters`);
      return;
    case 'send':
      must(
        isFields(step.message) && isText(step.message.type, 50),
        'message',
        'must be a Cloud API message with `type`',
      );
      return;
    case 'ask':
      must(isText(step.text), 'text', 'must be a text');
      must(isName(step.save), 'save', 'must be a name');
      must(ANSWER_KINDS.includes(step.as as never), 'as', `must be one of ${ANSWER_KINDS.join(', ')}`);
      return;
    case 'choose':
      must(isText(step.text, LONGEST_INTERACTIVE), 'text', `must be a text of up to ${LONGEST_INTERACTIVE} characters`);
      must(step.save === undefined || isName(step.save), 'save', 'must be a name');
      checkOptions(step, must, steps);
      return;
    case 'products':
      must(isText(step.text, LONGEST_INTERACTIVE), 'text', 'must be a text');
      must(step.header === undefined || isText(step.header, 60), 'header', 'must be a text of up to 60 characters');
      must(isText(step.catalog_id, 30), 'catalog_id', 'must be an id of Meta');
      must(isName(step.save), 'save', 'must be a name');
      must(
        isList(step.products, 10) && step.products.every(isSection),
        'products',
        '1 to 10 of {section, retailer_ids}',
      );
      return;
    case 'if':
      must(
        isList(step.all, 20) && step.all.every(isCondition),
        'all',
        `conditions {of, is: ${CONDITIONS.join(' | ')}, value}`,
      );
      must(isName(step.yes) && isName(step.no), 'yes', '`yes` and `no` must name steps');
      return;
    case 'set':
      must(isName(step.variable) || isText(step.attribute, 50), 'variable', 'give `variable` or `attribute`');
      must(['string', 'number', 'boolean'].includes(typeof step.value), 'value', 'must be a text, number or boolean');
      return;
    case 'call':
      must(isText(step.url, 2_000) && URL.canParse(step.url as string), 'url', 'must be a URL');
      must(isName(step.save), 'save', 'must be a name');
      must(Array.isArray(step.send) && step.send.every((n) => isText(n, 100)), 'send', 'must be a list of names');
      return;
    case 'wait':
      must(isWholeUpTo(1_440)(step.minutes), 'minutes', 'must be 1 to 1440: within the service window');
      return;
    case 'answer':
      must(isText(step.instructions), 'instructions', 'must be a text');
      return;
    case 'hand_over':
      must(step.text === undefined || isText(step.text), 'text', 'must be a text');
      must(step.team === undefined || isText(step.team, 100), 'team', 'must be the name of a team');
      must(
        step.skills === undefined || (Array.isArray(step.skills) && step.skills.every((s) => isText(s, 50))),
        'skills',
        'must be a list of words',
      );
      return;
  }
}

function checkOptions(step: Fields, must: Must, steps: Fields): void {
  if (!isList(step.options, 10)) {
    must(false, 'options', 'must be 1 to 10');
    return;
  }
  // Meta, interactive messages: 20 characters on a button, 24 on a row of a list.
  const longest = step.options.length <= 3 ? 20 : 24;
  const ids = new Set<unknown>();
  step.options.forEach((option, i) => {
    const fits = isFields(option) && isText(option.id, 200) && isText(option.title, longest);
    must(fits, `options.${i}`, `give an \`id\` and a \`title\` of up to ${longest} characters`);
    if (!isFields(option)) return;
    must(isName(option.next) && Object.hasOwn(steps, option.next), `options.${i}.next`, 'names no step');
    must(!ids.has(option.id), `options.${i}.id`, 'stands twice');
    ids.add(option.id);
  });
  must(
    step.options.length <= 3 || isText(step.button, 20),
    'button',
    'a list needs a text of up to 20 characters to open it',
  );
}

const isSection = (one: unknown): boolean =>
  isFields(one) &&
  isText(one.section, 24) &&
  isList(one.retailer_ids, 30) &&
  one.retailer_ids.every((id) => isText(id, 100));
const isCondition = (one: unknown): boolean =>
  isFields(one) && isText(one.of, 100) && CONDITIONS.includes(String(one.is));
