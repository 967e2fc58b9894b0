// The signup page: makes an account or signs in, opens Meta's dialog, and shows how the signup goes. It keeps nothing but
// the session, for this tab. The code and the message event of the dialog arrive apart, in any order; each is handed in
// as it comes, and the server joins them.

const page = document.body.dataset;
const $ = (id) => document.getElementById(id);
const SESSION = 'paloma.session';
const POLL_MS = 1_500;

let session = readSession();
let signupId = page.signupId || undefined;
let beginning; // the signup being begun, so that code and event wait for its id
let heard = false; // whether the dialog has told anything since it was opened
let polling;

function readSession() {
  try {
    const kept = JSON.parse(sessionStorage.getItem(SESSION) ?? 'null');
    return kept && kept.until > Date.now() ? kept : undefined;
  } catch {
    return undefined;
  }
}

function keepSession(next) {
  session = next;
  if (next) sessionStorage.setItem(SESSION, JSON.stringify(next));
  else sessionStorage.removeItem(SESSION);
}

class ApiError extends Error {
  constructor(status, error) {
    super(error?.message ?? String(status));
    this.status = status;
    this.code = error?.code;
    this.fields = error?.fields ?? {};
  }
}

/** One call of the API; throws ApiError for a refusal and TypeError when we cannot be reached. */
async function api(method, path, body, renewed = false) {
  const answer = await fetch(`/api/v1${path}`, {
    method,
    headers: {
      'accept-language': page.language,
      ...(session ? { authorization: `Bearer ${session.token}` } : {}),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const json = await answer.json().catch(() => undefined);
  if (answer.ok) return json;
  // An access token lives a quarter of an hour; the page may be open for longer.
  if (answer.status === 401 && !renewed && (await renew())) return api(method, path, body, true);
  throw new ApiError(answer.status, json?.error);
}

/** Gets another access token, by the refresh token or by the setup link; false when neither is good any more. */
async function renew() {
  const held = session;
  if (!held?.refresh && !held?.setup) return false;
  try {
    session = undefined;
    if (held.setup) await openLink(held.setup);
    else
      keepSession({
        ...held,
        ...tokensOf(await api('POST', '/sessions/refresh', { refresh_token: held.refresh }, true)),
      });
    return true;
  } catch {
    session = held;
    return false;
  }
}

const tokensOf = (answer) => ({ token: answer.access_token, refresh: answer.refresh_token, role: answer.user?.role });

/** Opens a setup link: this tab may then connect one number, and nothing else. */
async function openLink(ticket) {
  const answer = await api('POST', '/setup-links/open', { ticket }, true);
  signupId = answer.signup_id;
  keepSession({
    token: answer.access_token,
    setup: ticket,
    signupId,
    until: Date.now() + 30 * 86_400_000,
    company: answer.tenant.name,
    returnUrl: answer.return_url ?? undefined,
  });
}

function problem(text) {
  $('problem').hidden = !text;
  $('problem').textContent = text ?? '';
}

/** Says what went wrong; a session that has ended leads back to signing in. */
function explain(error) {
  if (error instanceof ApiError && error.status === 401 && session) {
    signOut();
    problem(page.textExpired);
  } else if (error instanceof ApiError) problem(error.message);
  else problem(page.textOffline);
}

// ---- account ----

const NEEDS = {
  company: page.textNeedCompany,
  email: page.textNeedEmail,
  password: page.textNeedPassword,
};

function mark(input, mistake) {
  const text = $(`${input.id}-mistake`);
  text.hidden = !mistake;
  text.textContent = mistake ?? '';
  if (mistake) input.setAttribute('aria-invalid', 'true');
  else input.removeAttribute('aria-invalid');
  const described = new Set((input.getAttribute('aria-describedby') ?? '').split(' ').filter(Boolean));
  if (mistake) described.add(text.id);
  else described.delete(text.id);
  if (described.size > 0) input.setAttribute('aria-describedby', [...described].join(' '));
  else input.removeAttribute('aria-describedby');
}

/** Marks what is missing; true when the form can be sent. */
function check(form, refused = {}) {
  const wrong = [...form.querySelectorAll('input[required]')].filter((input) => {
    const isWrong = !input.checkValidity() || input.value.trim() === '' || refused[input.name];
    mark(input, isWrong ? NEEDS[input.name] : undefined);
    return isWrong;
  });
  wrong[0]?.focus();
  if (wrong.length > 0) problem(page.textCheck);
  return wrong.length === 0;
}

async function signIn(email, password, secondFactor) {
  const answer = await api(
    'POST',
    '/sessions',
    { email, password, ...(secondFactor ? { second_factor: secondFactor } : {}) },
    true,
  );
  keepSession({ ...tokensOf(answer), until: Date.now() + 30 * 86_400_000, company: answer.tenant.name });
}

function send(form, work) {
  form.addEventListener('submit', async (submit) => {
    submit.preventDefault();
    problem();
    if (!check(form)) return;
    const button = form.querySelector('[type=submit]');
    button.disabled = true;
    try {
      await work(Object.fromEntries(new FormData(form)));
      form.reset();
      await showConnect();
    } catch (error) {
      if (error.code === 'address_taken') problem(page.textTaken);
      else if (error.code === 'wrong_credentials') problem(page.textWrongSignIn);
      else if (error.code === 'second_factor_needed') {
        $('second-factor-field').hidden = false;
        $('second-factor').focus();
        problem(page.textCode);
      } else if (error.code === 'invalid_request') {
        const asked = { ...error.fields };
        if (check(form, asked)) explain(error);
      } else explain(error);
    } finally {
      button.disabled = false;
    }
  });
}

send($('create'), async ({ company, email, password }) => {
  await api('POST', '/accounts', { company: company.trim(), email: email.trim(), password });
  await signIn(email.trim(), password);
});
send($('sign-in'), ({ email, password, second_factor: code }) => signIn(email.trim(), password, code?.trim()));

function showForm(id) {
  for (const form of ['create', 'sign-in']) $(form).hidden = form !== id;
  problem();
  $(id).querySelector('input').focus();
}
$('to-sign-in').addEventListener('click', () => showForm('sign-in'));
$('to-create').addEventListener('click', () => showForm('create'));

function signOut() {
  keepSession(undefined);
  clearTimeout(polling);
  signupId = undefined;
  beginning = undefined;
  history.replaceState(null, '', `/signup${location.search}`);
  $('account').hidden = false;
  $('connect-section').hidden = true;
  steps('account');
  showForm('sign-in');
}
$('sign-out').addEventListener('click', signOut);

function steps(at) {
  for (const name of ['account', 'connect']) {
    if (name === at) $(`path-${name}`).setAttribute('aria-current', 'step');
    else $(`path-${name}`).removeAttribute('aria-current');
  }
  $('path-account').classList.toggle('over', at === 'connect');
}

// ---- Meta's dialog ----

let ready = false;
const init = () => {
  window.FB.init({ appId: page.appId, autoLogAppEvents: true, xfbml: true, version: page.graphVersion });
  ready = true;
};
if (window.FB) init();
else window.fbAsyncInit = init;
$('sdk').addEventListener('error', () => problem(page.textNoSdk));

/** Messages count only from Meta's own hosts, or from where the SDK was loaded (development). */
function isMeta(origin) {
  if (origin === page.sdkOrigin) return true;
  try {
    const { protocol, hostname } = new URL(origin);
    return protocol === 'https:' && (hostname === 'facebook.com' || hostname.endsWith('.facebook.com'));
  } catch {
    return false;
  }
}

window.addEventListener('message', (message) => {
  if (!isMeta(message.origin) || typeof message.data !== 'string') return;
  let event;
  try {
    event = JSON.parse(message.data);
  } catch {
    return; // Meta's SDK posts other texts too.
  }
  if (event?.type !== 'WA_EMBEDDED_SIGNUP') return;
  heard = true;
  handIn('event', event);
});

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

$('connect').addEventListener('click', () => {
  problem();
  if (!ready) return problem(page.textNoSdk);
  heard = false;
  begin().catch((error) => {
    beginning = undefined;
    explain(error);
  });
  const keepsApp = document.querySelector('[name=which]:checked')?.value === 'app';
  // Called at once, in the click: a browser blocks a window that opens later.
  window.FB.login(
    (response) => {
      const code = response?.authResponse?.code;
      if (code) handIn('code', { code });
      else if (!heard) problem(page.textBlocked);
    },
    {
      config_id: page.configId,
      response_type: 'code',
      override_default_response_type: true,
      extras: {
        setup: { business: { name: session?.company } },
        sessionInfoVersion: '3',
        version: 'v4',
        ...(keepsApp ? { featureType: 'whatsapp_business_app_onboarding' } : {}),
      },
    },
  );
});

// ---- the signup ----

const text = (tag, className, content) => {
  const element = document.createElement(tag);
  if (className) element.className = className;
  element.textContent = content;
  return element;
};

const SAYS = {
  done: page.textDone,
  todo: page.textTodo,
  failed: page.textFailed,
  skipped: page.textSkipped,
  current: page.textCurrent,
};

function row(step, state) {
  const item = document.createElement('li');
  item.dataset.state = state;
  item.dataset.step = step.step;
  item.append(text('span', '', step.title), text('span', 'unseen', ` – ${SAYS[state]}`));
  if (step.note) item.append(text('p', 'help', step.note));
  if (step.cause) {
    item.append(text('p', 'cause', step.cause.text));
    if (step.cause.meta) {
      const details = document.createElement('details');
      details.append(text('summary', '', page.textDetails), text('pre', '', JSON.stringify(step.cause.meta, null, 2)));
      item.append(details);
    }
  }
  return item;
}

let shown = '';
let shownAt = ''; // of the signup on show, so that an answer that was overtaken does not turn back time
function show(signup) {
  if (signup.id !== signupId || signup.updated_at < shownAt) return;
  shownAt = signup.updated_at;
  clearTimeout(polling);
  const { state, next_action: next } = signup;
  const underWay = state === 'working' || state === 'waiting-for-meta';
  if (underWay) polling = setTimeout(refresh, POLL_MS);
  const now = JSON.stringify([state, next, signup.steps, signup.news]);
  if (now === shown) return; // a screen reader should not hear the same again
  shown = now;
  if (state === 'live' || underWay) problem();

  const started = signup.steps.some((s) => s.state !== 'todo') || state === 'cancelled';
  $('status').hidden = !started;
  $('status').dataset.state = state;
  $('summary').textContent = signup.summary;
  $('number').hidden = !signup.display_phone_number;
  $('number').textContent = signup.display_phone_number ?? '';
  const cause = signup.steps.find((s) => s.cause)?.cause;
  $('what-happened').hidden = !cause;
  $('what-happened').textContent = cause?.text ?? '';
  $('next').textContent = next.text;

  const connects = next.kind === 'connect' || state === 'failed';
  $('choices').hidden = next.kind !== 'connect';
  $('connect').hidden = !connects;
  $('connect').textContent = started ? page.textConnectAgain : page.textConnect;
  $('connect').className = next.kind === 'connect' ? '' : 'quiet';
  $('retry').hidden = next.kind !== 'retry';
  showLive(signup);

  const current = underWay ? signup.steps.findIndex((s) => s.state === 'todo') : -1;
  $('timeline').replaceChildren(...signup.steps.map((s, i) => row(s, i === current ? 'current' : s.state)));
  $('timeline-section').hidden = !started;
}

/** What the merchant's developer needs, once there is a live number. */
function showLive(signup) {
  const isLive = signup.state === 'live';
  const byLink = Boolean(session?.setup);
  $('another').hidden = !isLive || byLink;
  $('live-details').hidden = !isLive;
  $('id-number').textContent = signup.phone_number_id ?? '';
  $('id-waba').textContent = signup.waba_id ?? '';
  $('make-key').hidden = byLink || !['owner', 'developer'].includes(session?.role);
  $('return').hidden = !session?.returnUrl;
  if (session?.returnUrl) $('return').href = session.returnUrl;
  $('news-section').hidden = signup.news.length === 0;
  const when = new Intl.DateTimeFormat(page.language, { dateStyle: 'medium', timeStyle: 'short' });
  $('news').replaceChildren(
    ...signup.news.map((one) => {
      const item = text('li', '', one.text);
      const at = text('time', '', when.format(new Date(one.at)));
      at.dateTime = one.at;
      item.append(at);
      return item;
    }),
  );
}

$('make-key-button').addEventListener('click', async () => {
  problem();
  $('make-key-button').disabled = true;
  try {
    const made = await api('POST', '/api-keys', { name: 'signup page' });
    $('key').textContent = made.api_key;
    $('key-shown').hidden = false;
    $('make-key-button').hidden = true;
  } catch (error) {
    explain(error);
  } finally {
    $('make-key-button').disabled = false;
  }
});

async function refresh() {
  try {
    show(await api('GET', `/signups/${signupId}`));
  } catch (error) {
    explain(error);
    // A signup that is not ours, or a session that has ended, does not come back by asking again.
    if (!(error instanceof ApiError)) polling = setTimeout(refresh, POLL_MS * 4);
  }
}

$('retry').addEventListener('click', async () => {
  problem();
  try {
    show(await api('POST', `/signups/${signupId}/retry`));
  } catch (error) {
    explain(error);
  }
});

$('another').addEventListener('click', () => {
  clearTimeout(polling);
  signupId = undefined;
  beginning = undefined;
  history.replaceState(null, '', `/signup${location.search}`);
  fresh();
});

/** The connect step before anything happened. */
function fresh() {
  shown = '';
  shownAt = '';
  for (const id of ['status', 'timeline-section', 'retry', 'another', 'live-details']) $(id).hidden = true;
  for (const id of ['choices', 'connect']) $(id).hidden = false;
  $('connect').textContent = page.textConnect;
  $('connect').className = '';
}

async function showConnect() {
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
  const held = session?.setup === ticket ? session : undefined;
  keepSession(undefined);
  try {
    await openLink(ticket);
  } catch (error) {
    if (!held || error.code !== 'link_used') throw error;
    keepSession(held);
    signupId = held.signupId;
  }
  // There is no account to make and none to leave.
  for (const part of [$('sign-out'), document.querySelector('.path'), document.querySelector('.intro')])
    part.hidden = true;
  $('connect-title').textContent = page.textFor.replace('{company}', session.company ?? '');
}

openLinkOfPage()
  .then(() => {
    if (session) return showConnect();
    if (signupId) $('to-sign-in').click();
  })
  .catch((error) => {
    $('account').hidden = true;
    explain(error);
  });
