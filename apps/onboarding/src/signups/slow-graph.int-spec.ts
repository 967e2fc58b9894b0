import { GraphClient } from '#libs/meta-cloud';
import { eventually } from '../../../../test/support/app.js';
import { type Json, OnboardingStack } from '../../../../test/support/onboarding.js';
import { SIGNUP_CALLS, type SignupCall } from '../../../../test/support/signup-calls.js';
import type { Sandbox } from '../../../sandbox/src/sandbox.js';

/** What a real timeout leaves open: Meta acts on the call all the same, after we have stopped listening. */
const PATIENCE_MS = 500;
/** Beyond our patience (undici keeps timeouts to about a second), and beyond the first look after it. */
const META_TAKES_MS = 8_000;

/** Makes a process that speaks to this Graph give up early on the calls that will be held up, and on no others. */
function beImpatient(graph: GraphClient, meta: Sandbox['meta']): void {
  const call = graph.call.bind(graph);
  graph.call = (request) => {
    const fault = meta.world.faults.list().find(({ path = '' }) => request.path.includes(path));
    return call(fault?.delay_ms === META_TAKES_MS ? { ...request, timeoutMs: PATIENCE_MS } : request);
  };
}

describe('a signup whose call to Graph times out', () => {
  let stack: OnboardingStack;
  let token: string;
  let tenantId: string;
  beforeAll(async () => {
    stack = await OnboardingStack.start();
    await stack.startWorker();
    for (const graph of [stack.app.app.get(GraphClient), stack.inWorker(GraphClient)]) {
      beImpatient(graph, stack.sandbox.meta);
    }
    ({ token, tenantId } = await stack.merchant());
  });
  afterAll(() => stack.stop());

  const CALLS: readonly SignupCall[] = [
    { doing: 'exchanging the code', path: () => '/oauth/access_token' },
    ...SIGNUP_CALLS,
  ];

  it('goes live in each step, and what Meta did late is not done twice', async () => {
    const played = await Promise.all(
      CALLS.map(async ({ doing: what, path, before = 0, choices }) => {
        const id = await stack.begin(token);
        const meta = await stack.meta('POST', '/embedded_signup', { business_name: 'Shop', ...choices });
        const fault = (delay_ms: number, count = 1) =>
          stack.meta('POST', '/faults', { path: path(meta), mode: 'delay', delay_ms, count });
        if (before > 0) await fault(0, before);
        await fault(META_TAKES_MS);
        return { what, id, meta };
      }),
    );
    // Only now: a path without an id strikes whoever comes first, who must have known to be impatient.
    await Promise.all(
      played.map(async ({ id, meta }) => {
        await stack.api('POST', `/signups/${id}/event`, { token, body: meta.event });
        await stack.api('POST', `/signups/${id}/code`, { token, body: { code: meta.code } });
      }),
    );
    const ended = await eventually(async () => {
      const signups = await Promise.all(played.map(({ id }) => stack.look(token, id)));
      return signups.every((s) => s.state === 'live') && signups;
    }, 240_000).catch(async (error: Error) => {
      const signups = await Promise.all(played.map(({ id }) => stack.look(token, id)));
      throw new Error(`${error.message}: ${JSON.stringify(signups.filter((s) => s.state !== 'live'))}`);
    });
    // Each fault really held somebody up (a path without an id strikes whoever comes first), and all late calls are over.
    // With so little patience, a call that is merely slow may be tried again too.
    const heldUp = ended.flatMap((s) => s.steps.filter((one: Json) => one.attempts > 1));
    expect(heldUp.length).toBeGreaterThanOrEqual(CALLS.length);
    expect((await stack.meta('GET', '/faults')).data).toEqual([]);
    await eventually(async () => {
      const { data } = await stack.meta('GET', '/calls');
      return data.every((c: Json) => typeof c.status === 'number' && c.status > 0);
    });

    const pins = new Map<string, Set<string>>();
    for (const { what, meta } of played) {
      const { waba_id: waba, phone_number_id: number } = meta;
      const subscribed = [...(stack.sandbox.meta.world.get('waba', waba)?.subscriptions ?? [])];
      expect([what, subscribed.length]).toEqual([what, 1]);
      const lines = [...stack.sandbox.meta.world.all('allocation')].filter((one) => one.wabaId === waba);
      expect([what, lines.length]).toEqual([what, 1]);
      const registered = await stack.done('POST', `/${number}/register`);
      pins.set(what, new Set(registered.map((c) => c.body.pin)));
      const asked = (await stack.done('POST', `/${number}/smb_app_data`)).map((c) => c.body.sync_type);
      expect([what, asked.length]).toEqual([what, new Set(asked).size]);
    }
    // A registration that Meta did twice was done with one PIN, and that is the one we hold.
    expect([...pins.values()].every((p) => p.size <= 1)).toBe(true);
    for (const table of ['wabas', 'phone_numbers']) {
      const { rows } = await stack.database.owner.query(
        `SELECT count(*)::int AS n FROM ${table} WHERE tenant_id = $1`,
        [tenantId],
      );
      expect([table, rows[0].n]).toEqual([table, CALLS.length]);
    }
  }, 400_000);
});
