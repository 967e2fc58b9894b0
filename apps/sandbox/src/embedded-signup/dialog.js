// The pop-up of the stand-in for Embedded Signup. It tells its opener what happened as Meta does: a WA_EMBEDDED_SIGNUP
// message as JSON text, and, apart from it, the code.

const query = new URLSearchParams(location.search);
const extras = JSON.parse(query.get('extras') || '{}');
const setup = extras.setup || {};
const features = (extras.features || []).map((feature) => feature.name);
const onlyAccount = extras.featureType === 'only_waba_sharing';
const coexistence = ['whatsapp_business_app_onboarding', 'coexistence'].includes(extras.featureType);
// v2 tells its session only when asked to; from v3 on it always does.
const tells = Boolean(extras.sessionInfoVersion) || /^v[3-9]/.test(extras.version || '') || !extras.version;

const element = (id) => document.getElementById(id);
const form = element('form');
const sections = [...form.querySelectorAll('[data-step]')];
const verificationCode = String(100000 + Math.floor(Math.random() * 900000));
let choices = { businesses: [] };
let current = 0;
let over = false;

const existingNumber = () => element('waba_id').value && element('phone_number_id').value;
const applies = (step) => {
  if (step === 'PHONE_NUMBER_SETUP' || step === 'PHONE_NUMBER_VERIFICATION') return !onlyAccount && !existingNumber();
  if (step === 'WHATSAPP_BUSINESS_PROFILE_SETUP') return !onlyAccount && !existingNumber();
  return true;
};
const stepName = () => sections[current].dataset.step;
const account = () =>
  choices.businesses
    .find(({ id }) => id === element('business_id').value)
    ?.accounts.find(({ id }) => id === element('waba_id').value);

function show(index) {
  current = index;
  for (const [i, section] of sections.entries()) section.hidden = i !== index;
  const shown = sections.filter((section) => applies(section.dataset.step));
  const position = shown.indexOf(sections[index]);
  element('where').textContent = `Step ${position + 1} of ${shown.length}`;
  element('progress').max = shown.length;
  element('progress').value = position + 1;
  element('back').hidden = index === 0;
  element('next').textContent = index === sections.length - 1 ? 'Finish' : 'Continue';
  element('problem').hidden = true;
  adapt();
  const heading = sections[index].querySelector('h1');
  heading.tabIndex = -1;
  heading.focus();
}

/** Shows what belongs to the choices made so far. */
function adapt() {
  const when = {
    'new-business': !element('business_id').value,
    'has-numbers': Boolean(account()) && !onlyAccount,
    'not-coexistence': !coexistence,
  };
  for (const part of document.querySelectorAll('[data-when]')) part.hidden = !when[part.dataset.when];
  if (stepName() === 'WHATSAPP_BUSINESS_PROFILE_SETUP' && !element('display_name').value)
    element('display_name').value = element('business_name').value || account()?.name || '';
  if (stepName() === 'PHONE_NUMBER_VERIFICATION') {
    const code = `${verificationCode.slice(0, 3)}-${verificationCode.slice(3)}`;
    element('verify_title').textContent = coexistence ? 'Confirm in the WhatsApp Business app' : 'Verify the number';
    element('sms').textContent = coexistence
      ? 'In the app you would now scan a code and choose to share your chats. Continue as if you had.'
      : `Message to ${element('phone_number').value}: your WhatsApp code is ${code}. Enter it without the hyphen.`;
  }
  if (stepName() === 'PERMISSIONS') {
    const rows = [
      [
        'Business',
        element('business_id').selectedOptions[0].value
          ? element('business_id').selectedOptions[0].text
          : element('business_name').value,
      ],
      ['Account', element('waba_id').value ? account().name : 'New account'],
    ];
    if (!onlyAccount)
      rows.push([
        'Number',
        existingNumber() ? element('phone_number_id').selectedOptions[0].text : element('phone_number').value,
      ]);
    element('summary').replaceChildren(
      ...rows.flatMap(([name, value]) => {
        const term = document.createElement('dt');
        const detail = document.createElement('dd');
        term.textContent = name;
        detail.textContent = value;
        return [term, detail];
      }),
    );
  }
}

function problem(text, field) {
  element('problem').textContent = text;
  element('problem').hidden = false;
  for (const input of form.querySelectorAll('[aria-invalid]')) input.removeAttribute('aria-invalid');
  field?.setAttribute('aria-invalid', 'true');
  field?.setAttribute('aria-errormessage', 'problem');
  field?.focus();
}

/** The first field of this screen that is not filled in as it should be. */
function firstMistake() {
  const fields = [...sections[current].querySelectorAll('input, select')].filter((field) => !field.closest('[hidden]'));
  const bad = fields.find((field) => !field.checkValidity());
  if (bad) return [bad, `${bad.labels[0].textContent}: ${bad.validationMessage}`];
  if (
    stepName() === 'PHONE_NUMBER_VERIFICATION' &&
    !coexistence &&
    element('verification_code').value !== verificationCode
  )
    return [element('verification_code'), 'The code is not the one in the message.'];
  return undefined;
}

const move = (by) => {
  let next = current + by;
  while (sections[next] && !applies(sections[next].dataset.step)) next += by;
  if (sections[next]) show(next);
};

async function call(body) {
  const response = await fetch('/dialog/finish', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ ...body, app_id: query.get('client_id') || undefined }),
  });
  const answer = await response.json();
  if (!response.ok) throw new Error([answer.message].flat().join('; '));
  return answer;
}

/** Tells the opener and closes. Closing from outside on an earlier screen tells that it was left. */
function end({ event, code }) {
  over = true;
  const target = query.get('origin') || '*';
  if (event && tells) window.opener?.postMessage(JSON.stringify(event), target);
  window.opener?.postMessage({ type: 'SANDBOX_LOGIN', code }, target);
  window.close();
  element('next').disabled = true;
  problem(code ? 'Done. You can close this window.' : 'Left. You can close this window.');
}

const cancelled = (data) => ({ data, type: 'WA_EMBEDDED_SIGNUP', event: 'CANCEL', version: 3 });
const leftHere = () => cancelled({ current_step: stepName() === 'START' ? 'BUSINESS_ACCOUNT_SELECTION' : stepName() });

form.addEventListener('submit', async (submit) => {
  submit.preventDefault();
  const mistake = firstMistake();
  if (mistake) return problem(mistake[1], mistake[0]);
  if (current < sections.length - 1) return move(1);
  element('next').disabled = true;
  const value = (id) => element(id).value || undefined;
  try {
    end(
      await call({
        event: onlyAccount ? 'FINISH_ONLY_WABA' : coexistence ? 'FINISH_WHATSAPP_BUSINESS_APP_ONBOARDING' : 'FINISH',
        business_id: value('business_id'),
        waba_id: value('waba_id'),
        phone_number_id: existingNumber() || undefined,
        business_name: value('business_name'),
        country: value('country'),
        timezone: value('timezone'),
        display_name: value('display_name'),
        phone_number: value('phone_number'),
      }),
    );
  } catch (error) {
    element('next').disabled = false;
    problem(error.message);
  }
});

element('back').addEventListener('click', () => move(-1));
element('cancel').addEventListener('click', () => end({ event: leftHere() }));
element('report').addEventListener('submit', async (submit) => {
  submit.preventDefault();
  end(await call({ event: 'CANCEL', error_message: element('error_message').value }));
});
window.addEventListener('pagehide', () => {
  if (over) return;
  const target = query.get('origin') || '*';
  if (tells) window.opener?.postMessage(JSON.stringify(leftHere()), target);
  window.opener?.postMessage({ type: 'SANDBOX_LOGIN' }, target);
});

const fill = (select, options) => {
  select.length = 1;
  for (const { id, name } of options) select.add(new Option(name, id));
};
element('business_id').addEventListener('change', () => {
  fill(element('waba_id'), choices.businesses.find(({ id }) => id === element('business_id').value)?.accounts ?? []);
  fill(element('phone_number_id'), []);
  adapt();
});
element('waba_id').addEventListener('change', () => {
  fill(element('phone_number_id'), account()?.numbers ?? []);
  adapt();
});

const response = await fetch('/dialog/choices');
choices = await response.json();
fill(element('business_id'), choices.businesses);
element('phone_number').value = choices.unused_phone;
// The opener may bring what it knows (`setup.business`, `setup.phone`).
element('business_name').value = setup.business?.name ?? '';
element('display_name').value = setup.phone?.displayName ?? '';
if (setup.business?.timezone && [...element('timezone').options].some(({ value }) => value === setup.business.timezone))
  element('timezone').value = setup.business.timezone;
if (features.includes('app_only_install')) document.title += ' (app install only)';
show(0);
