import type { Group } from '../harness/group.js';
import { load, pacedLoad, type Request } from '../harness/load.js';
import { statusWebhook } from '../harness/requests.js';
import { type Line, measure } from '../harness/rounds.js';

const CONNECTIONS = 64;
/** Three statuses of 1,000 messages a second and 300 that customers write. */
const PACE = 3_300;

/** Signed webhooks of one status each, committed per second by one gateway process. */
export const intake: Group = {
  name: 'intake',
  beyondLimits: true,
  run: async (bench, { rounds, share, say }) => {
    const [merchant] = await bench.make(1, 1);
    if (!merchant) throw new Error('no merchant');
    const [bare, conventional] = [await bench.baseline('bare-intake'), await bench.baseline('conventional-server')];
    await bench.only('gateway');
    const to = (path: string) => (): Request => {
      const { headers, body } = statusWebhook(merchant, merchant.numbers[0], bench.appSecret);
      return { path, headers: { ...headers, 'x-tenant': merchant.tenantId }, body };
    };
    say('intake …');
    const lines: Line[] = await measure(
      {
        name: 'intake, one status a webhook',
        size: 8_000,
        run: (size) => load(bench.gateway, CONNECTIONS, size, to('/meta/webhooks')),
        baselines: [
          { name: 'E', goal: 0.6, run: (size) => load(bare.url, CONNECTIONS, size, to('/')) },
          { name: 'F', goal: 6, run: (size) => load(conventional.url, CONNECTIONS, size / 4, to('/webhooks')) },
        ],
      },
      rounds,
      share,
    );
    await bench.clear();
    lines.push(
      ...(await measure(
        {
          name: `intake at ${PACE}/s`,
          size: 5 * PACE,
          run: (size) => pacedLoad(bench.gateway, PACE, size / PACE, to('/meta/webhooks')),
          baselines: [],
          p99Goal: 250,
        },
        rounds,
        share,
      )),
    );
    bare.stop();
    conventional.stop();
    await bench.clear();
    return lines;
  },
};
