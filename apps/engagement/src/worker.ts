import { run } from '#libs/http';
import { EngagementWorkerModule } from './engagement-worker.module.js';

await run({ name: 'engagement-worker', module: EngagementWorkerModule });
