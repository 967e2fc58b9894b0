import { until } from '../stack/api.js';
import type { Lab } from './lab.js';
import type { Load } from './load.js';
import { rotateAppSecret, rotateEncryptionKey } from './rotate-secrets.js';

/** What goes wrong, under load. It must end with everything well again, save what heals itself. */
export interface Scenario {
  name: string;
  /** What happens, for people. */
  says: string;
  /**
   * @param messages for how long: until merchants were answered so many times more
   * @param tell     told what is wrong beyond what the audit sees
   */
  act(lab: Lab, load: Load, messages: number, tell: (wrong: string) => void): Promise<void>;
}

const LONGEST_MS = 20 * 60_000;

/** Lets time pass, measured in work: resolves when so many more messages were accepted. */
async function during(load: Load, messages: number): Promise<void> {
  const enough = load.accepted.length + messages;
  await until(`${messages} more messages to be accepted`, async () => load.accepted.length >= enough, LONGEST_MS);
}

/** Does something again and again, after a random number of messages each time; at least as often as there are things. */
async function again(
  lab: Lab,
  load: Load,
  messages: number,
  things: readonly (() => Promise<void> | void)[],
): Promise<void> {
  const end = load.accepted.length + messages;
  const order = [...things].sort(() => lab.random.next() - 0.5);
  for (let i = 0; i < order.length || load.accepted.length < end; i++) {
    await (order[i] ?? lab.random.pick(things))?.();
    await during(load, lab.random.whole(5, Math.max(10, Math.round(messages / (things.length + 1)))));
  }
}

const KILLED = ['gateway', 'gateway-worker', 'billing', 'billing-worker', 'engagement-worker'];

const meta = (name: string, says: string, fault: object): Scenario => ({
  name,
  says,
  act: async (lab, load, messages) => {
    await lab.metaFails(fault);
    await during(load, messages);
    await lab.metaIsWell();
  },
});

/** Everything that may go wrong with one installation, each on its own; the last all at once. */
export const SCENARIOS: readonly Scenario[] = [
  {
    name: 'kill',
    says: 'kill -9 of the processes, at random',
    act: (lab, load, messages) => {
      const workers = [1, 2].map((which) => () => lab.kill('gateway-worker', which));
      return again(lab, load, messages, [...KILLED.map((name) => () => lab.kill(name)), ...workers]);
    },
  },
  {
    name: 'redis-flush',
    says: 'Redis forgets everything',
    act: (lab, load, messages) => again(lab, load, messages, [() => lab.flushRedis(), () => lab.flushRedis()]),
  },
  {
    name: 'redis-restart',
    says: 'Redis is killed and comes back empty',
    act: (lab, load, messages) => again(lab, load, messages, [async () => lab.stack.own.redis?.restart('SIGKILL')]),
  },
  {
    name: 'postgres-fast',
    says: 'PostgreSQL is restarted (fast)',
    act: (lab, load, messages) => again(lab, load, messages, [async () => lab.stack.own.postgres?.restart('SIGINT')]),
  },
  {
    name: 'postgres-immediate',
    says: 'PostgreSQL is restarted (immediate, recovers from its log)',
    act: (lab, load, messages) => again(lab, load, messages, [async () => lab.stack.own.postgres?.restart('SIGQUIT')]),
  },
  meta('meta-500', 'Meta answers 500', { mode: 'error', http_status: 500 }),
  meta('meta-429', 'Meta answers 429', { mode: 'error', http_status: 429 }),
  meta('meta-429-wait', 'Meta answers 429 with Retry-After', { mode: 'error', http_status: 429, retry_after: 3 }),
  meta('meta-drops-before', 'Meta cuts the connection and does nothing', { mode: 'drop' }),
  meta('meta-drops-after', 'Meta accepts and cuts the connection', { mode: 'drop_after_accept' }),
  meta('meta-slow', 'Meta takes seven seconds for each answer', { mode: 'delay', delay_ms: 7_000 }),
  {
    name: 'shop-away',
    says: 'the merchants’ endpoints are away',
    act: async (lab, load, messages) => {
      lab.shop.mood = 'away';
      await during(load, Math.ceil(messages / 2));
      lab.shop.mood = 'failing';
      await during(load, Math.floor(messages / 2));
      lab.shop.mood = 'up';
    },
  },
  {
    name: 'mail-disordered',
    says: 'every webhook of Meta’s comes three times, in random order',
    act: async (lab, load, messages) => {
      await lab.metaMail('disordered');
      await during(load, messages);
      await lab.metaMail('straight');
    },
  },
  {
    name: 'rotation',
    says: 'the app secret and the encryption key are rotated',
    act: async (lab, load, messages, tell) => {
      const some = () => during(load, Math.ceil(messages / 5));
      for (const wrong of await rotateAppSecret(lab, some)) tell(wrong);
      for (const wrong of await rotateEncryptionKey(lab, some)) tell(wrong);
    },
  },
  {
    name: 'everything',
    says: 'all of it at random',
    act: (lab, load, messages) => {
      const oneIn = (fault: object) => () => lab.sandbox<void>('faults', { path: '/messages', count: 5, ...fault });
      return again(lab, load, messages, [
        ...KILLED.map((name) => () => lab.kill(name)),
        () => lab.flushRedis(),
        async () => lab.stack.own.redis?.restart('SIGKILL'),
        async () => lab.stack.own.postgres?.restart('SIGQUIT'),
        oneIn({ mode: 'error', http_status: 500 }),
        oneIn({ mode: 'error', http_status: 429 }),
        oneIn({ mode: 'drop' }),
        oneIn({ mode: 'drop_after_accept' }),
        oneIn({ mode: 'delay', delay_ms: 3_000 }),
        async () => {
          lab.shop.mood = 'failing';
          await during(load, 20);
          lab.shop.mood = 'up';
        },
        () => lab.metaMail('disordered'),
        () => lab.metaMail('straight'),
      ]);
    },
  },
];

/** For `npm test`: every scenario once and short, several under one load before the audit. */
export interface ShortRun {
  name: string;
  scenarios: readonly string[];
  /** How long each lasts, in accepted messages. */
  messages: number;
}
export const SHORT_RUNS: readonly ShortRun[] = [
  { name: 'processes are killed', scenarios: ['kill'], messages: 60 },
  {
    name: 'Redis and PostgreSQL are restarted',
    scenarios: ['redis-flush', 'redis-restart', 'postgres-fast', 'postgres-immediate'],
    messages: 30,
  },
  {
    name: 'Meta is in trouble',
    scenarios: ['meta-500', 'meta-429', 'meta-429-wait', 'meta-drops-before', 'meta-drops-after'],
    messages: 15,
  },
  {
    name: 'Meta is slow, its webhooks come three times, endpoints are away',
    scenarios: ['meta-slow', 'mail-disordered', 'shop-away'],
    messages: 30,
  },
  { name: 'secrets are rotated', scenarios: ['rotation'], messages: 60 },
];
