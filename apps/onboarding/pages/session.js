// Whose pages these are: the session of this tab, and calls of the public API in its name. Nothing else is kept, and
// nothing beyond the tab.

export const page = document.body.dataset;
export const $ = (id) => document.getElementById(id);

const SESSION = 'paloma.session';
const LONGEST_MS = 30 * 86_400_000;

/** `{token, until, refresh?, role?, company?}`, of a setup link `{token, until, setup, signupId, company, returnUrl?}`, or of an application `{token, until, applies}`. */
export let session = readSession();

function readSession() {
  try {
    const kept = JSON.parse(sessionStorage.getItem(SESSION) ?? 'null');
    return kept && kept.until > Date.now() ? kept : undefined;
  } catch {
    return undefined;
  }
}

/** @param next undefined forgets it */
export function keepSession(next) {
  session = next;
  if (next) sessionStorage.setItem(SESSION, JSON.stringify(next));
  else sessionStorage.removeItem(SESSION);
}

/** A refusal of the API: its text is for people, `fields` names what was wrong with which field. */
export class ApiError extends Error {
  constructor(status, error) {
    super(error?.message ?? String(status));
    this.status = status;
    this.code = error?.code;
    this.fields = error?.fields ?? {};
  }
}

/**
 * One call of the API.
 *
 * @param body an object, or a FormData with a file
 * @throws ApiError for a refusal, TypeError when we cannot be reached
 */
export async function api(method, path, body, renewed = false) {
  const isForm = body instanceof FormData;
  const answer = await fetch(`/api/v1${path}`, {
    method,
    headers: {
      'accept-language': page.language,
      ...(session ? { authorization: `Bearer ${session.token}` } : {}),
      ...(body === undefined || isForm ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: isForm ? body : JSON.stringify(body) }),
  });
  const json = await answer.json().catch(() => undefined);
  if (answer.ok) return json;
  // An access token lives a quarter of an hour; the page may be open for longer.
  if (answer.status === 401 && !renewed && (await renew())) return api(method, path, body, true);
  throw new ApiError(answer.status, json?.error);
}

let renewing; // several calls may find the token too old at once, and a refresh token works once
function renew() {
  renewing ??= renewNow().finally(() => {
    renewing = undefined;
  });
  return renewing;
}

/** Gets another access token, by the refresh token or by the setup link; false when neither is good any more. */
async function renewNow() {
  const held = session;
  if (!held?.refresh && !held?.setup) return false;
  try {
    session = undefined;
    if (held.setup) await openLink(held.setup);
    else {
      const answer = await api('POST', '/sessions/refresh', { refresh_token: held.refresh }, true);
      keepSession({ ...held, ...tokensOf(answer) });
    }
    return true;
  } catch {
    session = held;
    return false;
  }
}

const tokensOf = (answer) => ({ token: answer.access_token, refresh: answer.refresh_token, role: answer.user?.role });

/** @throws ApiError `wrong_credentials`, `second_factor_needed`, `wrong_second_factor`, `slow_down` */
export async function signIn(email, password, secondFactor) {
  const body = { email, password, ...(secondFactor ? { second_factor: secondFactor } : {}) };
  const answer = await api('POST', '/sessions', body, true);
  keepSession({ ...tokensOf(answer), until: Date.now() + LONGEST_MS, company: answer.tenant.name });
}

/** Opens a setup link: this tab may then connect one number, and nothing else. @returns the id of its signup */
export async function openLink(ticket) {
  const answer = await api('POST', '/setup-links/open', { ticket }, true);
  keepSession({
    token: answer.access_token,
    setup: ticket,
    signupId: answer.signup_id,
    until: Date.now() + LONGEST_MS,
    company: answer.tenant.name,
    returnUrl: answer.return_url ?? undefined,
  });
  return answer.signup_id;
}

// A page in another language goes on with what its address holds behind `#`.
for (const link of document.querySelectorAll('nav a')) {
  link.addEventListener('click', () => {
    link.hash = location.hash;
  });
}
