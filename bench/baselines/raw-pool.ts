// Baseline C of dispatch: the same bodies over a raw undici pool, with no database and no decision.
//   POST /run {"bodies": [...], "path": "...", "connections": 64}  answers {"perSecond": ...}
import { Pool } from 'undici';
import { currentEnvironment } from '#libs/config';
import { serveHttp } from '../harness/serve-http.js';

const graph = currentEnvironment().GRAPH_URL as string;
const pools = new Map<number, Pool>();

serveHttp(async (_, asked) => {
  const { count, body, path, connections } = JSON.parse(asked.toString()) as {
    count: number;
    body: string;
    path: string;
    connections: number;
  };
  const pool = pools.get(connections) ?? new Pool(graph, { connections, pipelining: 1 });
  pools.set(connections, pool);
  const headers = { authorization: 'Bearer a business token', 'content-type': 'application/json' };
  let started = 0;
  const one = async () => {
    while (started < count) {
      started++;
      const answer = await pool.request({ method: 'POST', path, headers, body });
      JSON.parse(await answer.body.text());
    }
  };
  const from = performance.now();
  await Promise.all(Array.from({ length: connections }, one));
  return JSON.stringify({ perSecond: count / ((performance.now() - from) / 1_000) });
});
