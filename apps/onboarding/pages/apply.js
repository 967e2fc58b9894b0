// The application of a merchant whom the provider connects: the form for who has no account, and for who is signed in
// (on the signup page, in this tab) how it goes, the question that is open, and the code that proves the number.

const page = document.body.dataset;
const $ = (id) => document.getElementById(id);
const session = JSON.parse(sessionStorage.getItem('paloma.session') ?? 'null');
let token = session?.token;
let application;
let numberId;

function problem(text) {
  $('problem').hidden = !text;
  $('problem').textContent = text ?? '';
  if (text) $('problem').scrollIntoView({ block: 'center' });
}

/** One call of the API; throws an Error with what people may read. */
async function api(method, path, body) {
  const isForm = body instanceof FormData;
  const answer = await fetch(`/api/v1${path}`, {
    method,
    headers: {
      'accept-language': page.language,
      ...(token ? { authorization: `Bearer ${token}` } : {}),
      ...(body === undefined || isForm ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: isForm ? body : JSON.stringify(body) }),
  }).catch(() => {
    throw new Error(page.textOffline);
  });
  const json = await answer.json().catch(() => undefined);
  if (!answer.ok) throw new Error(json?.error?.message ?? page.textOffline);
  return json;
}

/** Does something once for each submit, and says what went wrong. */
function on(form, work) {
  form.addEventListener('submit', async (submit) => {
    submit.preventDefault();
    problem();
    const wrong = [...form.querySelectorAll('input')].filter((input) => {
      input.setAttribute('aria-invalid', String(!input.checkValidity()));
      return !input.checkValidity();
    });
    if (wrong.length > 0) {
      wrong[0].focus();
      return problem(page.textCheck);
    }
    const button = form.querySelector('[type=submit]');
    button.disabled = true;
    try {
      await work(Object.fromEntries(new FormData(form)));
    } catch (error) {
      problem(error.message);
    } finally {
      button.disabled = false;
    }
  });
}

// What is mended is not marked any more.
document.addEventListener('input', ({ target }) => target.removeAttribute('aria-invalid'));

function show(state, said) {
  $('form').hidden = true;
  $('status').hidden = false;
  $('summary').textContent = page[`text${state[0].toUpperCase()}${state.slice(1)}`] ?? state;
  $('said').hidden = !said;
  $('said').textContent = said ?? '';
}

on($('form'), async (given) => {
  const files = $('documents').files;
  const { website, ...rest } = given;
  const made = await api('POST', '/applications/start', {
    ...rest,
    ...(website ? { website } : {}),
    country: given.country.toUpperCase(),
    monthly_messages: Number(given.monthly_messages),
  });
  token = made.access_token;
  show('sent');
  for (const file of files) {
    const form = new FormData();
    form.append('file', file);
    await api('POST', `/applications/${made.id}/documents`, form);
  }
});

on($('answer'), async ({ answer }) => {
  await api('POST', `/applications/${application.id}/answer`, { answer });
  await look();
});

for (const button of document.querySelectorAll('[data-method]')) {
  button.addEventListener('click', async () => {
    problem();
    try {
      await api('POST', `/numbers/${numberId}/code`, { method: button.dataset.method, language: page.language });
      $('said').hidden = false;
      $('said').textContent = page.textCodeSent;
    } catch (error) {
      problem(error.message);
    }
  });
}
on($('verify'), async ({ code }) => {
  await api('POST', `/numbers/${numberId}/verify`, { code });
  await look();
});

async function look() {
  [application] = (await api('GET', '/applications')).data;
  if (!application) return;
  show(
    application.state,
    application.state === 'question' || application.state === 'declined' ? application.reason : '',
  );
  $('answer').hidden = application.state !== 'question';
  $('code').hidden = true;
  if (application.state !== 'approved' || !application.signup_id) return;
  const signup = await api('GET', `/signups/${application.signup_id}`);
  numberId = signup.phone_number_id;
  $('summary').textContent = signup.state === 'live' ? page.textLive : page.textApproved;
  $('code').hidden = signup.next_action.kind !== 'verify';
  if (signup.state === 'working') setTimeout(() => look().catch((error) => problem(error.message)), 1_500);
}

if (token) look().catch((error) => problem(error.message));
