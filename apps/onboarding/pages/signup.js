// The signup page: makes an account or signs in, opens Meta's dialog, and shows how the signup goes. The code and the
// message event of the dialog are handed in as they come, and the server joins them.

import { isDialogReady, listenToDialog, openDialog } from './dialog.js';
import { check, onSubmit, problem } from './forms.js';
import { $, ApiError, api, keepSession, openLink, page, session, signIn } from './session.js';
import { isUnderWay, showFresh, showSignup } from './timeline.js';

const POLL_MS = 1_500;

let signupId = page.signupId || undefined;
let beginning; // the signup being begun, so that code and event wait for its id
let polling;

/** Says what went wrong; a session that has ended leads back to signing in. */
function explain(error) {
  if (error instanceof ApiError && error.status === 401 && session) {
    signOut();
    problem(page.textExpired);
  } else if (error instanceof ApiError) problem(error.message);
  else problem(page.textOffline);
}

// ---- account ----

const NEEDS = { company: page.textNeedCompany, email: page.textNeedEmail, password: page.textNeedPassword };
const SAYS = { address_taken: page.textTaken, wrong_credentials: page.textWrongSignIn };

function checkFields(form, refused) {
  const isFine = check(form, (input) => NEEDS[input.name], refused);
  if (!isFine) problem(page.textCheck);
  return isFine;
}

/** A form that ends in a session. */
function onAccount(form, work) {
  onSubmit(form, async (given) => {
    if (!checkFields(form)) return;
    try {
      await work(given);
      form.reset();
      await goOn();
    } catch (error) {
      if (error.code === 'second_factor_needed') {
        $('second-factor-field').hidden = false;
        $('second-factor').focus();
        problem(page.textCode);
      } else if (SAYS[error.code]) problem(SAYS[error.code]);
      else if (error.code !== 'invalid_request' || checkFields(form, error.fields)) explain(error);
    }
  });
}

onAccount($('create'), async ({ company, email, password }) => {
  await api('POST', '/accounts', { company: company.trim(), email: email.trim(), password });
  await signIn(email.trim(), password);
});
onAccount($('sign-in'), ({ email, password, second_factor: code }) => signIn(email.trim(), password, code?.trim()));

function showForm(id) {
  for (const form of ['create', 'sign-in']) $(form).hidden = form !== id;
  problem();
  $(id).querySelector('input').focus();
}
$('to-sign-in').addEventListener('click', () => showForm('sign-in'));
$('to-create').addEventListener('click', () => showForm('create'));

function forgetSignup() {
  clearTimeout(polling);
  signupId = undefined;
  beginning = undefined;
  history.replaceState(null, '', `/signup${location.search}`);
}

function signOut() {
  keepSession(undefined);
  forgetSignup();
  $('account').hidden = false;
  $('connect-section').hidden = true;
  steps('account');
  showForm('sign-in');
}
$('sign-out').addEventListener('click', () => {
  // The session ends for good, not in this tab only; whoever cannot tell us so is signed out here all the same.
  if (session?.refresh) api('DELETE', '/sessions/current', undefined, true).catch(() => undefined);
  signOut();
});

function steps(at) {
  for (const name of ['account', 'connect']) {
    if (name === at) $(`path-${name}`).setAttribute('aria-current', 'step');
    else $(`path-${name}`).removeAttribute('aria-current');
  }
  $('path-account').classList.toggle('over', at === 'connect');
}

// ---- the signup ----

/** Begins a signup unless one is there; resolves to its id. */
function begin() {
  beginning ??= signupId
    ? Promise.resolve(signupId)
    : api('POST', '/signups', { kind: 'embedded' }).then((signup) => {
        signupId = signup.id;
        history.replaceState(null, '', `/signup/${signupId}${location.search}`);
        return signupId;
      });
  return beginning;
}

async function handIn(what, body) {
  try {
    const id = await begin();
    show(await api('POST', `/signups/${id}/${what}`, body));
  } catch (error) {
    if (!signupId) beginning = undefined;
    explain(error);
  }
}

listenToDialog(
  (event) => handIn('event', event),
  () => problem(page.textNoSdk),
);

$('connect').addEventListener('click', () => {
  problem();
  if (!isDialogReady()) return problem(page.textNoSdk);
  begin().catch((error) => {
    beginning = undefined;
    explain(error);
  });
  const keepsApp = document.querySelector('[name=which]:checked')?.value === 'app';
  openDialog({ company: session?.company, keepsApp }, (code) => {
    if (code) handIn('code', { code });
    else problem(page.textBlocked);
  });
});

let shown = '';
let shownAt = ''; // of the signup on show, so that an answer that was overtaken does not turn back time
function show(signup) {
  if (signup.id !== signupId || signup.updated_at < shownAt) return;
  shownAt = signup.updated_at;
  clearTimeout(polling);
  if (isUnderWay(signup)) polling = setTimeout(refresh, POLL_MS);
  const now = JSON.stringify([signup.state, signup.next_action, signup.steps, signup.news]);
  if (now === shown) return; // a screen reader should not hear the same again
  shown = now;
  if (signup.state === 'live' || isUnderWay(signup)) problem();
  showSignup(signup);
}

async function refresh() {
  try {
    show(await api('GET', `/signups/${signupId}`));
  } catch (error) {
    explain(error);
    // A signup that is not ours, or a session that has ended, does not come back by asking again.
    if (!(error instanceof ApiError)) polling = setTimeout(refresh, POLL_MS * 4);
  }
}

/** Does something for a click, once at a time. */
function onClick(button, work) {
  button.addEventListener('click', async () => {
    problem();
    button.disabled = true;
    try {
      await work();
    } catch (error) {
      explain(error);
    } finally {
      button.disabled = false;
    }
  });
}

onClick($('retry'), async () => show(await api('POST', `/signups/${signupId}/retry`)));
onClick($('make-key-button'), async () => {
  const made = await api('POST', '/api-keys', { name: 'signup page' });
  $('key').textContent = made.api_key;
  $('key-shown').hidden = false;
  $('make-key-button').hidden = true;
});

function fresh() {
  shown = '';
  shownAt = '';
  showFresh();
}
$('another').addEventListener('click', () => {
  forgetSignup();
  fresh();
});

/** After signing in: to the application of who came for that, else to connecting. */
async function goOn() {
  if (page.next === 'apply') return location.replace(`/apply?lang=${page.language}`);
  $('account').hidden = true;
  $('connect-section').hidden = false;
  steps('connect');
  fresh();
  $('connect-title').focus();
  // Whoever comes back goes on where they left.
  if (!signupId && !session.setup) {
    const { data } = await api('GET', '/signups');
    const open = data.find((s) => s.state !== 'live' && s.state !== 'cancelled');
    if (open?.steps.some((s) => s.state !== 'todo')) signupId = open.id;
  }
  if (signupId) await refresh();
}

/**
 * What a setup link holds stands behind `#`, which browsers send to nobody. Opened again it resumes its signup; when it has
 * done its work, the tab that did it may go on looking.
 */
async function openLinkOfPage() {
  const ticket = /^#setup=([\w-]+)$/.exec(location.hash)?.[1] ?? session?.setup;
  if (!ticket) return;
  // There is no account to make and none to leave, also when the link opens nothing.
  const ofAccounts = [
    $('sign-out'),
    $('privacy-password'),
    document.querySelector('.path'),
    document.querySelector('.intro'),
  ];
  for (const part of ofAccounts) part.hidden = true;
  const held = session?.setup === ticket ? session : undefined;
  keepSession(undefined);
  try {
    signupId = await openLink(ticket);
  } catch (error) {
    if (!held || error.code !== 'link_used') throw error;
    keepSession(held);
    signupId = held.signupId;
  }
  $('connect-title').textContent = page.textFor.replace('{company}', session.company ?? '');
}

// Whoever applied without an account has none yet.
if (session?.applies) keepSession(undefined);
openLinkOfPage()
  .then(() => {
    if (session) return goOn();
    if (signupId || page.next || location.hash === '#sign-in') showForm('sign-in');
  })
  .catch((error) => {
    $('account').hidden = true;
    explain(error);
  });
