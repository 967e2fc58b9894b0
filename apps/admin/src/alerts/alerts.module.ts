import { Module } from '@nestjs/common';
import { AlertsController } from './alerts.controller.js';
import { Alerts } from './alerts.js';
import { EvaluateAlerts } from './evaluate-alerts.js';
import { MailAlerts } from './mail-alerts.js';
import { PostAlerts } from './post-alerts.js';
import { TellAlerts } from './tell-alerts.js';
import { WatchAlerts } from './watch-alerts.js';

/** What staff see and say. */
@Module({ controllers: [AlertsController], providers: [Alerts] })
export class AlertsModule {}

/** What the worker looks at and tells. */
@Module({
  providers: [Alerts, EvaluateAlerts, PostAlerts, MailAlerts, TellAlerts, WatchAlerts],
  exports: [EvaluateAlerts, TellAlerts],
})
export class AlertsWorkerModule {}
