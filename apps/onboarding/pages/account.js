// Where links of letters lead. What a link holds stands behind `#`, which browsers send to nobody; it leaves this page
// only in the one call that uses it.

const page = document.body.dataset;
const $ = (id) => document.getElementById(id);
const ticket = location.hash.slice(1);

const CALLS = {
  confirm: () => ['/email/confirm', { ticket }],
  reset: ({ password }) => ['/password/reset', { ticket, password }],
  join: ({ password }) => ['/invitations/accept', { ticket, password }],
  forgotten: ({ email }) => ['/password/forgotten', { email: email.trim() }],
};

for (const part of document.querySelectorAll('[data-for]'))
  part.hidden = !part.dataset.for.split(' ').includes(page.what);

function problem(text) {
  $('problem').hidden = !text;
  $('problem').textContent = text ?? '';
}

$('form').addEventListener('submit', async (submit) => {
  submit.preventDefault();
  problem();
  const given = Object.fromEntries(new FormData($('form')));
  if (!$('password').closest('[data-for]').hidden && given.password.length < 10) {
    $('password').focus();
    return problem(page.textShort);
  }
  const [path, body] = CALLS[page.what](given);
  const button = $('form').querySelector('button');
  button.disabled = true;
  try {
    const answer = await fetch(`/api/v1${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'accept-language': page.language },
      body: JSON.stringify(body),
    });
    const json = await answer.json().catch(() => undefined);
    if (!answer.ok) return problem(json?.error?.message ?? page.textOffline);
    $('form').hidden = true;
    $('done').textContent = page.textDone;
    $('done').hidden = false;
    history.replaceState(null, '', location.pathname + location.search);
  } catch {
    problem(page.textOffline);
  } finally {
    button.disabled = false;
  }
});

if (page.what !== 'forgotten' && !ticket) {
  $('form').hidden = true;
  problem(page.textNoLink);
}
