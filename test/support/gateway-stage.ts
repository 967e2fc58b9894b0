import { GATEWAY } from '../../apps/gateway/src/gateway.js';
import { GatewayWorkerModule } from '../../apps/gateway/src/gateway-worker.module.js';
import { type RunningApp, startApp, testEnvironment } from './app.js';
import { cloneDatabase, type TestDatabase } from './database.js';
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
    return this;
  }

  anotherWorker(): Promise<RunningApp> {
    return startApp(GatewayWorkerModule, this.environment, { name: 'gateway-worker' });
  }

  async stop(): Promise<void> {
    await this.worker?.close();
    await this.gateway?.close();
    await this.graph?.close();
    await this.database?.drop();
  }
}
