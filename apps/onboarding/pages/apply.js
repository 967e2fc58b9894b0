// The application of a merchant whom the provider connects: the form, and for who is signed in (on the signup page, in
// this tab) how it goes, the question that is open, more documents, and the code that proves the number.

import { check, mark, onSubmit, problem } from './forms.js';
import { $, ApiError, api, keepSession, page, session } from './session.js';

/** While somebody else has to act, and while a signup is under way. */
const LOOK_MS = 15_000;
const LOOK_SOON_MS = 1_500;
/** Languages of Meta's messages and calls with a code (Meta, languages of templates, 2025-11). */
const META_LANGUAGE = { en: 'en_US', es: 'es', pt: 'pt_BR' };
/** States in which documents are taken. */
const OPEN = ['unconfirmed', 'waiting', 'claimed', 'question'];

let application;
let numberId;
let looking;

function toSignIn() {
  keepSession(undefined);
  location.replace(`/signup?lang=${page.language}&next=apply`);
}

/** Says what went wrong; whose session has ended signs in again and comes back. */
function explain(error) {
  if (!(error instanceof ApiError)) return problem(page.textOffline);
  if (error.status === 401) return toSignIn();
  problem(error.message);
}

/** What helps with a field, in the page's language; the server's own words where only it knows. */
function textOf(input, refused) {
  const { validity } = input;
  if (validity.valueMissing || input.value.trim() === '') return page.textMissing;
  if (validity.tooShort) return page.textShort.replace('{n}', input.minLength);
  if (validity.typeMismatch) return input.type === 'email' ? page.textEmail : page.textUrl;
  return refused?.[0] ?? page.textWrong;
}

function fits(form, refused) {
  const isFine = check(form, textOf, refused);
  if (!isFine) problem(page.textCheck);
  return isFine;
}

/** Sends a form; what the server refuses stands at its field. */
function onForm(form, work) {
  onSubmit(form, async (given) => {
    if (!fits(form)) return;
    try {
      await work(given);
    } catch (error) {
      const isOfField = error instanceof ApiError && Object.keys(error.fields).length > 0;
      if (!isOfField || fits(form, error.fields)) explain(error);
    }
  });
}

function fillCountries() {
  const names = new Intl.DisplayNames([page.language], { type: 'region' });
  const countries = page.countries.split(' ').map((code) => ({ code, name: names.of(code) }));
  countries.sort((a, b) => a.name.localeCompare(b.name, page.language));
  for (const { code, name } of countries) $('country').add(new Option(name, code));
  const here = new Intl.Locale(navigator.language).region;
  if (countries.some(({ code }) => code === here)) $('country').value = here;
}

const OF_FILES = { wrong_file_type: page.textWrongFile, file_too_large: page.textLargeFile };

/** Documents go one by one, so that one that is refused keeps none of the others back. */
async function sendDocuments(id, input) {
  const refused = [];
  for (const file of input.files) {
    const form = new FormData();
    form.append('file', file);
    await api('POST', `/applications/${id}/documents`, form).catch((error) => {
      const why = OF_FILES[error.code] ?? (error instanceof ApiError ? error.message : page.textOffline);
      refused.push(`${file.name}: ${why}`);
    });
  }
  const taken = input.files.length - refused.length;
  input.value = '';
  if (refused.length > 0) problem(refused.join('\n'));
  return taken;
}

onForm($('form'), async ({ website, ...given }) => {
  const body = { ...given, ...(website ? { website } : {}), monthly_messages: Number(given.monthly_messages) };
  const isMember = Boolean(session?.refresh);
  const made = await api('POST', isMember ? '/applications' : '/applications/start', body).catch((error) => {
    // Whether a number can be connected only the server can tell.
    if (error instanceof ApiError && error.status === 422) {
      mark($('phone'), error.message);
      $('phone').focus();
    }
    throw error;
  });
  if (!isMember) keepSession({ token: made.access_token, until: Date.now() + made.expires_in * 1_000, applies: true });
  application = made;
  await sendDocuments(made.id, $('documents'));
  if (isMember) await look();
  else show('sent');
});

onForm($('answer'), async ({ answer }) => {
  await sendDocuments(application.id, $('answer-documents'));
  await api('POST', `/applications/${application.id}/answer`, { answer });
  $('answer').reset();
  await look();
});

onForm($('more'), async () => {
  const taken = await sendDocuments(application.id, $('more-documents'));
  $('more-taken').hidden = taken === 0;
});

for (const button of document.querySelectorAll('[data-method]')) {
  button.addEventListener('click', async () => {
    problem();
    button.disabled = true;
    try {
      await api('POST', `/numbers/${numberId}/code`, {
        method: button.dataset.method,
        language: META_LANGUAGE[page.language],
      });
      $('said').hidden = false;
      $('said').textContent = page.textCodeSent;
      $('code-text').focus();
    } catch (error) {
      explain(error);
    } finally {
      button.disabled = false;
    }
  });
}
onForm($('verify'), async ({ code }) => {
  await api('POST', `/numbers/${numberId}/verify`, { code });
  $('verify').reset();
  await look();
});

/** @param said what the provider asked or gave as its reason */
function show(state, said) {
  // Who was declined, or withdrew, may apply again.
  $('form').hidden = state !== 'declined' && state !== 'withdrawn';
  $('intro').hidden = true;
  $('status').hidden = false;
  $('status').dataset.state = state;
  const summary = page[`text${state[0].toUpperCase()}${state.slice(1)}`] ?? state;
  // A screen reader should not hear the same again.
  if ($('summary').textContent !== summary) $('summary').textContent = summary;
  $('said').hidden = !said;
  $('said').textContent = said ?? '';
  $('answer').hidden = state !== 'question';
  $('more').hidden = state === 'question' || !(state === 'sent' || OPEN.includes(state));
  $('code').hidden = true;
  $('timeline').hidden = true;
}

/** By when the provider has promised to decide. */
function until() {
  const { decided_by: at } = application;
  const date = at && new Intl.DateTimeFormat(page.language, { dateStyle: 'long' }).format(new Date(at));
  return date ? page.textUntil.replace('{date}', date) : '';
}

async function look() {
  clearTimeout(looking);
  const { data } = await api('GET', '/applications');
  [application] = data;
  if (!application) return;
  const { state, reason, signup_id: signupId } = application;
  if (state !== 'approved' || !signupId) {
    show(state, { question: reason, declined: reason, waiting: until(), claimed: until() }[state]);
    // Whoever writes an answer is not interrupted.
    if (['waiting', 'claimed', 'unconfirmed', 'approved'].includes(state)) later(LOOK_MS);
    return;
  }
  const signup = await api('GET', `/signups/${signupId}`);
  numberId = signup.phone_number_id;
  const proves = signup.next_action.kind === 'verify';
  const isLive = signup.state === 'live';
  show(
    isLive ? 'live' : proves ? 'prove' : 'approved',
    isLive || proves ? signup.display_phone_number : signup.summary,
  );
  $('code').hidden = !proves;
  $('timeline').hidden = false;
  $('timeline').querySelector('a').href = `/signup/${signupId}?lang=${page.language}`;
  if (!isLive && !proves) later(signup.state === 'working' ? LOOK_SOON_MS : LOOK_MS);
}

const later = (ms) => {
  looking = setTimeout(() => look().catch(explain), ms);
};

fillCountries();
// Letters lead here for who has applied: who is not signed in signs in first.
if (session?.setup) keepSession(undefined);
if (session) look().catch(explain);
else if (location.hash === '#mine') toSignIn();
