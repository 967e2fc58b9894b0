import { isShopEventKind, SHOP_EVENT_KINDS } from '../shop-events/shop-event.js';
import type { Automation, Condition, Step, TemplateToSend, ToSend } from './automation.js';

const MOST_STEPS = 10;
const MOST_CONDITIONS = 20;
/** Ninety days. */
const LONGEST_WAIT = 129_600;
const LONGEST_TEXT = 1_024;
const COMPARISONS: readonly Condition['is'][] = [
  'equal',
  'not_equal',
  'one_of',
  'at_least',
  'at_most',
  'set',
  'not_set',
];
const FIELD = /^[\w.]{1,100}$/;
const HEADERS = ['text', 'image', 'document', 'location'] as const;

type Fields = Record<string, unknown>;
const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const isText = (value: unknown, longest = LONGEST_TEXT): value is string =>
  typeof value === 'string' && value.trim() !== '' && value.length <= longest;
const isTimeOfDay = (value: unknown): value is string =>
  typeof value === 'string' && /^([01]\d|2[0-3]):[0-5]\d$/.test(value);
const isMinutes = (value: unknown, least: number): value is number =>
  Number.isInteger(value) && (value as number) >= least && (value as number) <= LONGEST_WAIT;
const isScalar = (value: unknown): value is string | number | boolean =>
  typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';

/** Reads an automation as an API is given it. @returns the automation, or everything that is wrong with it */
export function readAutomation(given: unknown): { automation: Automation } | { problems: string[] } {
  const problems: string[] = [];
  const say = (problem: string) => void problems.push(problem);
  if (!isFields(given)) return { problems: ['must be an object'] };
  const {
    trigger,
    steps,
    goal,
    stop_on_reply: stopOnReply = false,
    again_after_minutes: again,
    quiet_hours: quiet,
  } = given;
  if (!isShopEventKind(trigger)) say(`trigger must be one of ${SHOP_EVENT_KINDS.join(', ')}`);
  if (!Array.isArray(steps) || steps.length === 0 || steps.length > MOST_STEPS) {
    say(`steps must be a list of 1 to ${MOST_STEPS}`);
  }
  if (typeof stopOnReply !== 'boolean') say('stop_on_reply must be true or false');
  if (again !== undefined && !isMinutes(again, 1)) say(`again_after_minutes must be 1 to ${LONGEST_WAIT}`);
  const automation = {
    trigger,
    conditions: readConditions(given.conditions, 'conditions', say),
    steps: (Array.isArray(steps) ? steps.slice(0, MOST_STEPS) : []).map((step, i) => readStep(step, `steps.${i}`, say)),
    goal: readGoal(goal, say),
    stopOnReply,
    ...(quiet === undefined ? {} : { quietHours: readQuietHours(quiet, say) }),
    ...(again === undefined ? {} : { againAfterMinutes: again }),
  };
  return problems.length > 0 ? { problems } : { automation: automation as Automation };
}

type Say = (problem: string) => void;

function readGoal(given: unknown, say: Say): Automation['goal'] {
  if (given === undefined) return { kinds: [], scope: 'subject' };
  const { kinds, scope = 'subject' } = isFields(given) ? given : {};
  if (!Array.isArray(kinds) || !kinds.every(isShopEventKind)) {
    say(`goal.kinds must be a list of ${SHOP_EVENT_KINDS.join(', ')}`);
  }
  if (scope !== 'subject' && scope !== 'customer') say('goal.scope must be subject or customer');
  return { kinds, scope } as Automation['goal'];
}

function readQuietHours(given: unknown, say: Say): Automation['quietHours'] {
  const { from, until } = isFields(given) ? given : {};
  if (isTimeOfDay(from) && isTimeOfDay(until) && from !== until) return { from, until };
  say('quiet_hours must hold from and until, two times of the day such as 21:00 and 09:00');
  return undefined;
}

function readConditions(given: unknown, at: string, say: Say): Condition[] {
  if (given === undefined) return [];
  if (!Array.isArray(given) || given.length > MOST_CONDITIONS) {
    say(`${at} must be a list of at most ${MOST_CONDITIONS}`);
    return [];
  }
  return given.map((one, i): Condition => {
    const { field, is, value } = isFields(one) ? one : {};
    if (typeof field !== 'string' || !FIELD.test(field)) say(`${at}.${i}.field must be a name of the event's data`);
    if (!COMPARISONS.includes(is as Condition['is'])) say(`${at}.${i}.is must be one of ${COMPARISONS.join(', ')}`);
    else if (is === 'set' || is === 'not_set') return { field: field as string, is };
    else if (is === 'one_of' ? !Array.isArray(value) || !value.every(isScalar) : !isScalar(value)) {
      say(`${at}.${i}.value must be ${is === 'one_of' ? 'a list of values' : 'a value'}`);
    }
    return { field, is, value } as Condition;
  });
}

function readStep(given: unknown, at: string, say: Say): Step {
  const { after_minutes: afterMinutes = 0, only_if: onlyIf, send } = isFields(given) ? given : {};
  if (!isMinutes(afterMinutes, 0)) say(`${at}.after_minutes must be a whole number from 0 to ${LONGEST_WAIT}`);
  return {
    afterMinutes: afterMinutes as number,
    onlyIf: readConditions(onlyIf, `${at}.only_if`, say),
    send: readSend(send, `${at}.send`, say),
  };
}

function readSend(given: unknown, at: string, say: Say): ToSend {
  const { template, text, location } = isFields(given) ? given : {};
  if (isFields(template)) return { template: readTemplate(template, `${at}.template`, say) };
  if (isText(text, 4_096)) return { text };
  if (location === true) return { location };
  say(`${at} must hold a template, a text or location: true`);
  return { text: '' };
}

function readTemplate(given: Fields, at: string, say: Say): TemplateToSend {
  const { name, language, header, body, buttons } = given;
  if (!isText(name, 512)) say(`${at}.name must be that of a template`);
  if (!isText(language, 20)) say(`${at}.language must be that of the template, such as es_MX`);
  const texts = Array.isArray(body) ? body : isFields(body) ? Object.values(body) : body === undefined ? [] : [null];
  if (!texts.every((text) => isText(text))) say(`${at}.body must be texts, in a list or by name`);
  if (header !== undefined) {
    const { type, value } = isFields(header) ? header : {};
    if (!HEADERS.includes(type as (typeof HEADERS)[number]))
      say(`${at}.header.type must be one of ${HEADERS.join(', ')}`);
    else if (type !== 'location' && !isText(value, 2_048)) say(`${at}.header.value must be a text or a link`);
  }
  const isButton = (b: unknown) =>
    isFields(b) &&
    Number.isInteger(b.index) &&
    (b.index as number) >= 0 &&
    (b.index as number) < 10 &&
    (b.type === 'url' || b.type === 'quick_reply') &&
    isText(b.value);
  if (buttons !== undefined && !(Array.isArray(buttons) && buttons.every(isButton))) {
    say(`${at}.buttons must be a list of index (0 to 9), type (url or quick_reply) and value`);
  }
  return { name, language, header, body, buttons } as TemplateToSend;
}
