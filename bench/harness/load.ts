import { Pool } from 'undici';

export interface Request {
  path: string;
  headers: Record<string, string>;
  body: string;
}

/** What one round measured. Times in ms. */
export interface Measured {
  perSecond: number;
  p50?: number;
  p99?: number;
}

type Next = (n: number) => Request;

/**
 * A closed loop: so many connections, each with one request under way at a time.
 *
 * @param next makes the nth request
 * @throws Error on the first answer that is not 200, because a figure of refusals is no figure
 */
export async function load(url: string, connections: number, requests: number, next: Next): Promise<Measured> {
  const pool = new Pool(url, { connections, pipelining: 1 });
  const took = new Float64Array(requests);
  let started = 0;
  const one = async (): Promise<void> => {
    while (started < requests) {
      const n = started++;
      const at = performance.now();
      await send(pool, next(n));
      took[n] = performance.now() - at;
    }
  };
  const from = performance.now();
  await Promise.all(Array.from({ length: connections }, one));
  const seconds = (performance.now() - from) / 1_000;
  await pool.close();
  return { perSecond: requests / seconds, ...quantiles(took) };
}

/**
 * An open loop: so many requests a second whether or not those before were answered, so a server that falls behind is
 * seen to. Times count from the instant at which a request was due.
 */
export async function pacedLoad(url: string, perSecond: number, seconds: number, next: Next): Promise<Measured> {
  const pool = new Pool(url, { connections: 256, pipelining: 1 });
  const requests = Math.round(perSecond * seconds);
  const took = new Float64Array(requests);
  const underWay: Promise<void>[] = [];
  const from = performance.now();
  while (underWay.length < requests) {
    const due = Math.min(requests, Math.ceil(((performance.now() - from) / 1_000) * perSecond));
    while (underWay.length < due) {
      const n = underWay.length;
      const dueAt = from + (n / perSecond) * 1_000;
      underWay.push(
        send(pool, next(n)).then(() => {
          took[n] = performance.now() - dueAt;
        }),
      );
    }
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  await Promise.all(underWay);
  const all = (performance.now() - from) / 1_000;
  await pool.close();
  return { perSecond: requests / all, ...quantiles(took) };
}

async function send(pool: Pool, { path, headers, body }: Request): Promise<void> {
  const answer = await pool.request({ method: 'POST', path, headers, body });
  const text = await answer.body.text();
  if (answer.statusCode !== 200) throw new Error(`${path} answered ${answer.statusCode}: ${text.slice(0, 500)}`);
}

/** The middle and the slowest hundredth. */
export function quantiles(times: Float64Array | readonly number[]): { p50: number; p99: number } {
  const sorted = Float64Array.from(times).sort();
  const at = (quantile: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * quantile))] ?? 0;
  return { p50: at(0.5), p99: at(0.99) };
}
