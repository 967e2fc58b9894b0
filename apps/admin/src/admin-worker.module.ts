import { Module } from '@nestjs/common';
import { ProcessModule } from '#libs/process';
import { ProviderSettingsModule } from '#libs/provider-settings';
import { AlertsWorkerModule } from './alerts/alerts.module.js';
import { FollowNews } from './analytics/follow-news.js';
import { Rollups } from './analytics/rollups.js';
import { ClosingWorkerModule } from './closing/closing.module.js';
import { PrivacyWorkerModule } from './privacy/privacy.module.js';
import { SecretsWorkerModule } from './secrets/secrets.module.js';

/** Adds up traffic and money, and forgets what is to be forgotten, erases tenants that are closed, seals secrets anew, and wakes staff. */
@Module({
  imports: [
    ProcessModule.forRoot({ queues: [], database: 'STAFF_DATABASE_URL' }),
    ProviderSettingsModule,
    PrivacyWorkerModule,
    ClosingWorkerModule,
    SecretsWorkerModule,
    AlertsWorkerModule,
  ],
  providers: [Rollups, FollowNews],
})
export class AdminWorkerModule {}
