import { run } from '#libs/http';
import { processSettings } from '#libs/process';
import { AdminWorkerModule } from './admin-worker.module.js';

await run({ name: 'admin-worker', module: AdminWorkerModule, settings: [...processSettings('STAFF_DATABASE_URL')] });
