import { Leases } from '#libs/leases';
import type { Turn } from '#libs/queues';
import { GATEWAY } from '../../apps/gateway/src/gateway.js';
import { GatewayWorkerModule } from '../../apps/gateway/src/gateway-worker.module.js';
import { Room } from '../../apps/gateway/src/messages/room.js';
import { eventually, http, type RunningApp, startApp, testEnvironment } from './app.js';
import { cloneDatabase, type TestDatabase } from './database.js';
import type { Merchant } from './gateway.js';
import { GraphStandIn } from './graph-stand-in.js';

/** A gateway and its worker on a database of their own, beside a stand-in for Graph. */
export class GatewayStage {
  database!: TestDatabase;
  graph!: GraphStandIn;
  gateway!: RunningApp;
  worker!: RunningApp;
  environment!: Record<string, string>;

  async start(): Promise<this> {
    await this.startWithoutWorker();
    this.worker = await this.anotherWorker();
    return this;
  }

  /** What the gateway accepts stays where it is. */
  async startWithoutWorker(): Promise<this> {
    [this.database, this.graph] = await Promise.all([cloneDatabase(), GraphStandIn.start()]);
    this.environment = testEnvironment(this.database, { META_GRAPH_URL: this.graph.url });
    this.gateway = await startApp(GATEWAY.module as never, this.environment, { ...GATEWAY });
    // What a messaging limit refuses at the door is to be refused by slow machines too.
    this.gateway.app.get(Room, { strict: false }).patienceMs = 30_000;
    return this;
  }

  anotherWorker(): Promise<RunningApp> {
    return startApp(GatewayWorkerModule, this.environment, { name: 'gateway-worker' });
  }

  trySend(shop: Merchant, body: unknown) {
    const url = `${this.gateway.url}/v24.0/${shop.metaPhoneNumberId}/messages`;
    return http('POST', url, { token: shop.apiKey, body });
  }

  /** @returns the id that the tenant sees */
  async send(shop: Merchant, body: unknown): Promise<string> {
    const answer = await this.trySend(shop, body);
    expect(answer.body).toMatchObject({ messages: [{ id: expect.any(String) }] });
    return answer.body.messages[0].id;
  }

  async read(shop: Merchant, ref: string) {
    return (await http('GET', `${this.gateway.url}/api/v1/messages/${ref}`, { token: shop.apiKey })).body;
  }

  until(shop: Merchant, ref: string, status: string, withinMs?: number) {
    return eventually(async () => {
      const message = await this.read(shop, ref);
      return message.status === status ? message : false;
    }, withinMs);
  }

  /** Nothing is sent from the number while the work is done. */
  async whileHeld(number: { tenantId: string; phoneNumberId: string }, work: () => Promise<void>): Promise<void> {
    let letGo = () => {};
    const done = new Promise<void>((resolve) => {
      letGo = resolve;
    });
    const leases = this.gateway.app.get(Leases);
    let held: Promise<unknown> = Promise.resolve();
    // The worker may be at the number this moment.
    await eventually(
      () =>
        new Promise<boolean>((tried) => {
          held = leases.hold(number.tenantId, `dispatch:${number.phoneNumberId}`, async () => {
            tried(true);
            await done;
          });
          held.then(
            () => tried(false),
            () => tried(false),
          );
        }),
    );
    try {
      await work();
    } finally {
      letGo();
    }
    await held;
  }

  async stop(): Promise<void> {
    await this.worker?.close();
    await this.gateway?.close();
    await this.graph?.close();
    await this.database?.drop();
  }
}

/** A turn of a lane that is drained by hand, which nobody wakes. */
export const turnUntil = (isOver: () => boolean): Turn => ({
  isOver,
  woken: () => new Promise(() => {}),
  rest: async () => {},
});
