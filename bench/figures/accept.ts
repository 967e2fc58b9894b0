import type { Group } from '../harness/group.js';
import { load, type Request } from '../harness/load.js';
import { type Kind, sendBody, sendHeaders } from '../harness/requests.js';
import { type Line, measure } from '../harness/rounds.js';

const CONNECTIONS = 64;
const KINDS: readonly Kind[] = ['text', 'template'];

/** Messages committed per second over HTTP, by one gateway process. */
export const accept: Group = {
  name: 'accept',
  beyondLimits: true,
  run: async (bench, { rounds, share, say }) => {
    const [merchant] = await bench.make(1, 1);
    if (!merchant) throw new Error('no merchant');
    const [number] = merchant.numbers;
    const [bare, conventional] = [await bench.baseline('bare-accept'), await bench.baseline('conventional-server')];
    const ids = { 'x-tenant': merchant.tenantId, 'x-number': number.phoneNumberId };
    const headers = sendHeaders(merchant);
    const lines: Line[] = [];
    for (const kind of KINDS) {
      const ours = (n: number): Request => ({
        path: `/v24.0/${number.metaPhoneNumberId}/messages`,
        headers,
        body: sendBody(kind, n),
      });
      const theirs = (n: number): Request => ({ ...ours(n), path: '/messages', headers: { ...headers, ...ids } });
      say(`accept, ${kind} …`);
      await bench.only('gateway');
      lines.push(
        ...(await measure(
          {
            name: `accept, ${kind}`,
            size: 6_000,
            run: (size) => load(bench.gateway, CONNECTIONS, size, ours),
            baselines: [
              { name: 'A', goal: 0.5, run: (size) => load(bare.url, CONNECTIONS, size, theirs) },
              { name: 'B', goal: 6, run: (size) => load(conventional.url, CONNECTIONS, Math.ceil(size / 3), theirs) },
            ],
            p99Goal: 40,
          },
          rounds,
          share,
        )),
      );
      await bench.clear();
    }
    bare.stop();
    conventional.stop();
    return lines;
  },
};
