// Where links of letters lead. What a link holds stands behind `#`, which browsers send to nobody; it leaves this page
// only in the one call that uses it.

import { mark, onSubmit, problem } from './forms.js';
import { $, ApiError, api, keepSession, page } from './session.js';

const ticket = location.hash.slice(1);

const CALLS = {
  confirm: ({ password }) => ['/email/confirm', { ticket, password }],
  reset: ({ password }) => ['/password/reset', { ticket, password }],
  join: ({ password }) => ['/invitations/accept', { ticket, password }],
  forgotten: ({ email }) => ['/password/forgotten', { email: email.trim() }],
};

for (const part of document.querySelectorAll('[data-for]'))
  part.hidden = !part.dataset.for.split(' ').includes(page.what);

if (page.what === 'confirm') $('password').autocomplete = 'current-password';

/** What refusals mean, in the page's language; others speak for themselves. */
const REFUSALS = {
  link_spent: page.textLinkSpent,
  wrong_password: page.textWrongPassword,
  address_taken: page.textAddressTaken,
  slow_down: page.textSlowDown,
};

/** Marks the field of this page that is not filled in as it should be; true when there is none. */
function fits(given) {
  const [input, isWrong, text] =
    page.what === 'forgotten'
      ? [$('email'), given.email.trim() === '' || !$('email').checkValidity(), page.textEmail]
      : [$('password'), given.password.length < 10, page.textShort];
  mark(input, isWrong ? text : undefined);
  if (isWrong) input.focus();
  return !isWrong;
}

onSubmit($('form'), async (given) => {
  if (!fits(given)) return;
  try {
    const [path, body] = CALLS[page.what](given);
    await api('POST', path, body, true);
    // Whoever chose a password is signed out everywhere, in this tab too.
    if (page.what === 'reset') keepSession(undefined);
    $('form').hidden = true;
    $('done').textContent = page.textDone;
    $('done').hidden = false;
    history.replaceState(null, '', location.pathname + location.search);
  } catch (error) {
    problem(error instanceof ApiError ? (REFUSALS[error.code] ?? error.message) : page.textOffline);
  }
});

if (page.what !== 'forgotten' && !ticket) {
  $('form').hidden = true;
  problem(page.textNoLink);
}
