import { Redis } from 'ioredis';
import { eventually, http } from '../support/app.js';
import { runningStack } from '../support/stack.js';

const template = (to: string) => ({
  messaging_product: 'whatsapp',
  to,
  type: 'template',
  template: {
    name: 'order_update',
    language: { code: 'en_US' },
    components: [
      {
        type: 'body',
        parameters: [
          { type: 'text', text: 'Ana' },
          { type: 'text', text: '1042' },
        ],
      },
    ],
  },
});

const send = async (to: string) => {
  const { gateway, tenants } = runningStack();
  const [m] = tenants;
  return http('POST', `${gateway.url}/v24.0/${m.phoneNumberId}/messages`, { token: m.apiKey, body: template(to) });
};
const callsTo = async (to: string) => {
  const { sandbox } = runningStack();
  const { body } = await http('GET', `${sandbox.url}/_sandbox/messages?to=${to}`);
  return (body.data ?? body.messages ?? body) as { to: string }[];
};
const statusOf = async (ref: string) => {
  const { gateway, tenants } = runningStack();
  const { body } = await http('GET', `${gateway.url}/api/v1/messages/${encodeURIComponent(ref)}`, {
    token: tenants[0].apiKey,
  });
  return body.status as string;
};
const pid = (name: string) => runningStack().pids[name]?.[0] as number;
const isReady = async (url: string) => (await fetch(`${url}/readyz`).catch(() => undefined))?.ok === true;

describe('a message that was answered 200', () => {
  it('goes out once although gateway and worker are killed before it is sent', async () => {
    const to = '5215550000001';
    const [gateway, worker] = [pid('gateway'), pid('gateway-worker')];
    // The worker is frozen, so the message is accepted and certainly not sent when both are killed.
    process.kill(worker, 'SIGSTOP');
    const accepted = await send(`+${to}`);
    expect(accepted.status).toBe(200);
    process.kill(gateway, 'SIGKILL');
    process.kill(worker, 'SIGKILL');
    expect(await callsTo(to)).toHaveLength(0);
    await eventually(async () => pid('gateway') !== gateway && pid('gateway-worker') !== worker, 180_000);
    await eventually(() => isReady(runningStack().gateway.url), 180_000);
    await eventually(async () => ['delivered', 'read'].includes(await statusOf(accepted.body.messages[0].id)), 180_000);
    expect(await callsTo(to)).toHaveLength(1);
  }, 600_000);

  it('goes out once although Redis forgets everything before it is sent', async () => {
    const to = '5215550000002';
    const worker = pid('gateway-worker');
    process.kill(worker, 'SIGSTOP');
    const accepted = await send(`+${to}`);
    expect(accepted.status).toBe(200);
    const redis = new Redis(runningStack().redisUrl);
    await redis.flushall();
    redis.disconnect();
    process.kill(worker, 'SIGCONT');
    await eventually(async () => ['delivered', 'read'].includes(await statusOf(accepted.body.messages[0].id)), 180_000);
    expect(await callsTo(to)).toHaveLength(1);
  }, 600_000);

  it('is sent once although the worker is killed while Meta has the call, and ends as Meta tells', async () => {
    const to = '5215550000003';
    const { sandbox } = runningStack();
    await http('POST', `${sandbox.url}/_sandbox/faults`, { body: { to, mode: 'delay', delay_ms: 1_500, count: 1 } });
    const accepted = await send(`+${to}`);
    expect(accepted.status).toBe(200);
    await eventually(async () => {
      const { body } = await http('GET', `${sandbox.url}/_sandbox/calls?path=messages`);
      return JSON.stringify(body).includes(to);
    }, 180_000);
    const worker = pid('gateway-worker');
    process.kill(worker, 'SIGKILL');
    await eventually(async () => pid('gateway-worker') !== worker, 180_000);
    await eventually(async () => ['delivered', 'read'].includes(await statusOf(accepted.body.messages[0].id)), 180_000);
    expect(await callsTo(to)).toHaveLength(1);
  }, 600_000);
});
