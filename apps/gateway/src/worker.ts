import { run } from '#libs/http';
import { GatewayWorkerModule } from './gateway-worker.module.js';

await run({ name: 'gateway-worker', module: GatewayWorkerModule });
