import { Module } from '@nestjs/common';
import { ProcessModule } from '#libs/process';
import { ProviderSettingsModule } from '#libs/provider-settings';
import { StaffModule } from '#libs/staff';
import { AlertsModule } from './alerts/alerts.module.js';
import { AnalyticsModule } from './analytics/analytics.module.js';
import { ApplicationsModule } from './applications/applications.module.js';
import { AuditModule } from './audit/audit.module.js';
import { ClosingModule } from './closing/closing.module.js';
import { IdentityModule } from './identity/identity.module.js';
import { MessagesModule } from './messages/messages.module.js';
import { NumbersModule } from './numbers/numbers.module.js';
import { ParkedModule } from './parked/parked.module.js';
import { PrivacyModule } from './privacy/privacy.module.js';
import { QueuesModule } from './queues/queues.module.js';
import { SecretsModule } from './secrets/secrets.module.js';
import { SettingsModule } from './settings/settings.module.js';
import { SupportModule } from './support/support.module.js';
import { TenantsModule } from './tenants/tenants.module.js';

@Module({
  imports: [
    ProcessModule.forRoot({ queues: [], database: 'STAFF_DATABASE_URL' }),
    StaffModule,
    ProviderSettingsModule,
    IdentityModule,
    AuditModule,
    ApplicationsModule,
    TenantsModule,
    MessagesModule,
    ParkedModule,
    NumbersModule,
    QueuesModule,
    AnalyticsModule,
    SupportModule,
    PrivacyModule,
    ClosingModule,
    SecretsModule,
    AlertsModule,
    SettingsModule,
  ],
})
export class AdminModule {}
