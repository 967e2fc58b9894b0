/** An answer that was not 2xx, with what it said. */
export class ApiError extends Error {
  override name = 'ApiError';
  constructor(
    readonly request: string,
    readonly status: number,
    readonly body: unknown,
  ) {
    super(`${request} answered ${status}: ${JSON.stringify(body)}`);
  }
}

export type Json = Record<string, unknown>;

/** One call of a public API: JSON in, JSON out, anything but 2xx is thrown. */
export async function call<T = Json>(
  method: string,
  url: string,
  options: { token?: string; body?: unknown } = {},
): Promise<T> {
  const answer = await fetch(url, {
    method,
    headers: {
      ...(options.token ? { authorization: `Bearer ${options.token}` } : {}),
      ...(options.body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(options.body === undefined ? {} : { body: JSON.stringify(options.body) }),
    signal: AbortSignal.timeout(30_000),
  });
  const text = await answer.text();
  let body: unknown = text;
  try {
    body = text === '' ? undefined : JSON.parse(text);
  } catch {
    // Kept as text for the error.
  }
  if (!answer.ok) throw new ApiError(`${method} ${url}`, answer.status, body);
  return body as T;
}

/** Asks until there is an answer; fails after a while with what it was waiting for. */
export async function until<T>(what: string, ask: () => Promise<T | undefined | false>, withinMs = 30_000): Promise<T> {
  const deadline = performance.now() + withinMs;
  for (;;) {
    const answer = await ask();
    if (answer) return answer;
    if (performance.now() > deadline) throw new Error(`waited ${withinMs / 1_000} s in vain for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
