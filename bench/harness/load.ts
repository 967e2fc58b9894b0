import { Pool } from 'undici';

export interface Request {
  path: string;
  headers: Record<string, string>;
  body: string;
}

export interface Measured {
  perSecond: number;
  p50: number;
  p99: number;
}

/**
 * A closed loop: so many connections, each with one request under way at a time.
 *
 * @param next makes the nth request
 * @throws Error on the first answer that is not 200, because a figure of refusals is no figure
 */
export async function load(
  url: string,
  connections: number,
  requests: number,
  next: (n: number) => Request,
): Promise<Measured> {
  const pool = new Pool(url, { connections, pipelining: 1 });
  const took = new Float64Array(requests);
  let started = 0;
  const one = async (): Promise<void> => {
    while (started < requests) {
      const n = started++;
      const { path, headers, body } = next(n);
      const at = performance.now();
      const answer = await pool.request({ method: 'POST', path, headers, body });
      const text = await answer.body.text();
      if (answer.statusCode !== 200) throw new Error(`${path} answered ${answer.statusCode}: ${text.slice(0, 500)}`);
      took[n] = performance.now() - at;
    }
  };
  const from = performance.now();
  await Promise.all(Array.from({ length: connections }, one));
  const seconds = (performance.now() - from) / 1_000;
  await pool.close();
  took.sort();
  const at = (quantile: number) => took[Math.min(requests - 1, Math.floor(requests * quantile))] as number;
  return { perSecond: requests / seconds, p50: at(0.5), p99: at(0.99) };
}
