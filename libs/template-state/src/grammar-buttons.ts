import type { GrammarCheck } from './grammar-problem.js';
import { checkText, firstText } from './grammar-text.js';
import { type Fields, isFields, kindOf } from './template.js';
import { lengthOf } from './template-limits.js';
import { variablesOf } from './variables.js';

/** Checks a row of buttons: how many, of which kinds, in which order, and each by itself. */
export function checkButtons(check: GrammarCheck, buttons: unknown, most: number, at: string): void {
  if (!Array.isArray(buttons) || buttons.length === 0) {
    check.report('buttons_missing', at, 'buttons must be a list with at least one button');
    return;
  }
  if (buttons.length > most) {
    check.report('buttons_too_many', at, `${buttons.length} buttons, ${most} are allowed`);
    // Nobody mends them one by one, and looking at each of a million keeps everybody waiting.
    if (buttons.length > 10 * most) return;
  }
  const kinds = buttons.map((button) => (isFields(button) ? kindOf(button.type) : ''));
  for (const [kind, allowed] of Object.entries(mostOf(check))) {
    const count = kinds.filter((k) => k === kind).length;
    if (count > allowed) check.report('buttons_too_many', at, `${count} buttons of type ${kind}, ${allowed} allowed`);
  }
  // Quick replies stand together, before or after all others.
  const changes = kinds.filter((kind, i) => i > 0 && (kind === 'QUICK_REPLY') !== (kinds[i - 1] === 'QUICK_REPLY'));
  if (changes.length > 1) {
    check.report('buttons_out_of_order', at, 'Put all quick replies before or after the other buttons');
  }
  for (const [i, button] of buttons.entries()) {
    if (isFields(button)) checkButton(check, button, `${at}[${i}]`);
    else check.report('component_malformed', `${at}[${i}]`, 'A button must be an object');
  }
}

// What a flow button may say (template components page of 2025-11-21; flow_action as in Meta's Flows samples).
const FLOW_ACTIONS = ['NAVIGATE', 'DATA_EXCHANGE'];
const FLOW_ICONS = ['DOCUMENT', 'PROMOTION', 'REVIEW'];

const mostOf = ({ limits }: GrammarCheck): Readonly<Record<string, number>> => ({
  URL: limits.urlButtons,
  PHONE_NUMBER: limits.phoneButtons,
  COPY_CODE: limits.copyCodeButtons,
  OTP: 1,
  CATALOG: 1,
  MPM: 1,
  SPM: 1,
});

function checkButton(check: GrammarCheck, button: Fields, at: string): void {
  const { limits } = check;
  const kind = kindOf(button.type);
  const label = () => checkText(check, button.text, limits.buttonText, `${at}.text`);
  const field = (name: string, longest: number) => {
    const value = button[name];
    if (typeof value !== 'string' || value === '') {
      check.report('button_field_missing', `${at}.${name}`, `A button of type ${kind} needs ${name}`);
    } else if (lengthOf(value) > longest) {
      check.report(
        'text_too_long',
        `${at}.${name}`,
        `${name} has ${lengthOf(value)} characters, ${longest} are allowed`,
      );
    }
  };
  const oneOf = (name: string, words: readonly string[]) => {
    if (button[name] === undefined || words.includes(kindOf(button[name]))) return;
    check.report('button_value_unknown', `${at}.${name}`, `${name} must be one of ${words.join(', ')}`);
  };
  if (check.category === 'authentication' && kind !== 'OTP') {
    check.report('component_not_allowed', at, 'An authentication template has one button, of type OTP');
    return;
  }
  switch (kind) {
    case '':
      check.report('button_field_missing', `${at}.type`, 'A button needs a type');
      return;
    case 'QUICK_REPLY':
      label();
      return;
    case 'URL':
      label();
      field('url', limits.buttonUrl);
      checkUrlVariable(check, button, at);
      return;
    case 'PHONE_NUMBER':
      label();
      field('phone_number', limits.buttonPhone);
      if (typeof button.phone_number === 'string' && !/^\+?[\d\s().-]*\d$/.test(button.phone_number)) {
        check.report(
          'button_value_unknown',
          `${at}.phone_number`,
          'phone_number must be digits, such as +525512345678',
        );
      }
      return;
    case 'COPY_CODE': {
      const code = firstText(button.example);
      if (code === undefined) {
        check.report('button_field_missing', `${at}.example`, 'A coupon button needs a sample code in example');
      } else if (lengthOf(code) > limits.couponCode) {
        const says = `The code has ${lengthOf(code)} characters, ${limits.couponCode} are allowed`;
        check.report('text_too_long', `${at}.example`, says);
      }
      return;
    }
    case 'CATALOG':
    case 'MPM':
    case 'SPM':
      // Their labels are fixed; what is written is checked as far as a label may go.
      if (button.text !== undefined) label();
      if (check.category !== undefined && check.category !== 'marketing') {
        const says = `Only marketing templates have a button of type ${kind}`;
        check.report('component_not_allowed', at, says);
      }
      return;
    case 'VOICE_CALL':
      if (button.text !== undefined) label();
      return;
    case 'FLOW':
      label();
      oneOf('flow_action', FLOW_ACTIONS);
      oneOf('icon', FLOW_ICONS);
      if (![button.flow_id, button.flow_name, button.flow_json].some((v) => typeof v === 'string' && v !== '')) {
        check.report('button_field_missing', `${at}.flow_id`, 'A flow button needs flow_id, flow_name or flow_json');
      }
      return;
    case 'OTP':
      checkOtp(check, button, at);
      return;
    default: // Meta adds kinds of button before we learn of them.
  }
}

function checkUrlVariable(check: GrammarCheck, button: Fields, at: string): void {
  if (typeof button.url !== 'string') return;
  if (!/^https?:\/\/[^\s]+$/i.test(button.url)) {
    check.report('button_field_missing', `${at}.url`, 'url must begin with https:// or http:// and have no spaces');
  }
  const { names } = variablesOf(button.url);
  if (names.length === 0) return;
  if (names.length > 1 || names[0] !== '1' || !button.url.endsWith('{{1}}')) {
    check.report('button_url_variable', `${at}.url`, 'A link has one variable, {{1}}, at its very end');
  }
  if (firstText(button.example) === undefined) {
    check.report('example_missing', `${at}.example`, 'Give a sample of the whole link in example');
  }
}

const PACKAGE = /^[a-zA-Z][a-zA-Z0-9_]*(\.[a-zA-Z][a-zA-Z0-9_]*)+$/;
const SIGNATURE = /^[a-zA-Z0-9+/=]{11}$/;

/** Checks the button of a one-time code (Meta, authentication templates pages of 2025-11). */
function checkOtp(check: GrammarCheck, button: Fields, at: string): void {
  const { limits } = check;
  const wrong = (field: string, says: string) => check.report('otp_invalid', `${at}.${field}`, says);
  if (check.category !== undefined && check.category !== 'authentication') {
    check.report('component_not_allowed', at, 'Only authentication templates have a one-time code button');
  }
  for (const name of ['text', 'autofill_text']) {
    if (button[name] !== undefined) checkText(check, button[name], limits.buttonText, `${at}.${name}`);
  }
  const type = kindOf(button.otp_type);
  if (!['COPY_CODE', 'ONE_TAP', 'ZERO_TAP'].includes(type)) {
    wrong('otp_type', 'otp_type must be COPY_CODE, ONE_TAP or ZERO_TAP');
    return;
  }
  if (type === 'COPY_CODE') return;
  if (type === 'ZERO_TAP' && button.zero_tap_terms_accepted !== true) {
    wrong('zero_tap_terms_accepted', 'Zero-tap needs zero_tap_terms_accepted: true');
  }
  // Up to Graph v20 a single app stood beside the button's other fields.
  const apps = button.supported_apps ?? (button.package_name === undefined ? undefined : [button]);
  if (!Array.isArray(apps) || apps.length === 0 || apps.length > limits.supportedApps) {
    wrong('supported_apps', `Name 1 to ${limits.supportedApps} apps with package_name and signature_hash`);
    return;
  }
  for (const [i, app] of apps.filter(isFields).entries()) {
    const name = typeof app.package_name === 'string' ? app.package_name : '';
    if (!PACKAGE.test(name) || name.length > 224) {
      wrong(
        `supported_apps[${i}].package_name`,
        'package_name has two or more parts, such as com.example, 224 characters',
      );
    }
    if (typeof app.signature_hash !== 'string' || !SIGNATURE.test(app.signature_hash)) {
      wrong(`supported_apps[${i}].signature_hash`, 'signature_hash has exactly 11 characters of a-z A-Z 0-9 + / =');
    }
  }
}
