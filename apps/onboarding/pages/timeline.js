// How a signup goes: each step with what happened, what Meta told since, and what comes next.

import { $, page, session } from './session.js';

const element = (tag, className, content) => {
  const made = document.createElement(tag);
  if (className) made.className = className;
  made.textContent = content;
  return made;
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
  item.append(element('span', '', step.title), element('span', 'unseen', ` – ${SAYS[state]}`));
  if (step.note) item.append(element('p', 'help', step.note));
  if (step.cause) {
    item.append(element('p', 'cause', step.cause.text));
    if (step.cause.meta) {
      const details = document.createElement('details');
      const said = JSON.stringify(step.cause.meta, null, 2);
      details.append(element('summary', '', page.textDetails), element('pre', '', said));
      item.append(details);
    }
  }
  return item;
}

export const isUnderWay = ({ state }) => state === 'working' || state === 'waiting-for-meta';

/** Shows a signup as it is now. */
export function showSignup(signup) {
  const { state, next_action: next, steps } = signup;
  const started = steps.some((s) => s.state !== 'todo') || state === 'cancelled';
  $('status').hidden = !started;
  $('status').dataset.state = state;
  $('summary').textContent = signup.summary;
  $('number').hidden = !signup.display_phone_number;
  $('number').textContent = signup.display_phone_number ?? '';
  const cause = steps.find((s) => s.cause)?.cause;
  $('what-happened').hidden = !cause;
  $('what-happened').textContent = cause?.text ?? '';
  $('next').textContent = next.text;

  $('choices').hidden = next.kind !== 'connect';
  // What the provider carries out has no dialog.
  $('connect').hidden = next.kind !== 'connect' && (state !== 'failed' || signup.kind === 'classic');
  $('connect').textContent = started ? page.textConnectAgain : page.textConnect;
  $('connect').className = next.kind === 'connect' ? '' : 'quiet';
  // A number that was missing may have been added in WhatsApp Manager, without the dialog.
  $('retry').hidden = next.kind !== 'retry' && cause?.code !== 'no_number';
  $('retry').className = next.kind === 'retry' ? '' : 'quiet';
  $('prove').hidden = next.kind !== 'verify';
  showLive(signup);
  showNews(signup.news);

  const current = isUnderWay(signup) ? steps.findIndex((s) => s.state === 'todo') : -1;
  $('timeline').replaceChildren(...steps.map((s, i) => row(s, i === current ? 'current' : s.state)));
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
}

function showNews(news) {
  $('news-section').hidden = news.length === 0;
  const when = new Intl.DateTimeFormat(page.language, { dateStyle: 'medium', timeStyle: 'short' });
  $('news').replaceChildren(
    ...news.map((one) => {
      const item = element('li', '', one.text);
      const at = element('time', '', when.format(new Date(one.at)));
      at.dateTime = one.at;
      item.append(at);
      return item;
    }),
  );
}

/** The connect step before anything happened. */
export function showFresh() {
  for (const id of ['status', 'timeline-section', 'retry', 'prove', 'another', 'live-details']) $(id).hidden = true;
  for (const id of ['choices', 'connect']) $(id).hidden = false;
  $('connect').textContent = page.textConnect;
  $('connect').className = '';
}
