import { run } from '#libs/http';
import { processSettings } from '#libs/process';
import { AdminWorkerModule } from './admin-worker.module.js';

await run({
  name: 'admin-worker',
  module: AdminWorkerModule,
  settings: [
    ...processSettings('STAFF_DATABASE_URL'),
    'ALERT_WEBHOOK_URL',
    'ALERT_WEBHOOK_SECRET',
    'ALERT_EMAILS',
    'SMTP_URL',
    'MAIL_FROM',
    'PROVIDER_NAME',
  ],
});
