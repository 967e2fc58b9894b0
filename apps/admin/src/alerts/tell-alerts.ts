import { Injectable } from '@nestjs/common';
import type { AlertChannel } from './alert-channel.js';
import { Alerts, type AlertWay } from './alerts.js';
import { MailAlerts } from './mail-alerts.js';
import { PostAlerts } from './post-alerts.js';

const AT_A_TIME = 50;

/**
 * Tells the beginning and the end of occurrences, by each way apart. What is not taken is told again at the next turn, so a
 * beginning may be told twice, by the same `webhook-id` or `Message-ID`, and is never lost.
 */
@Injectable()
export class TellAlerts {
  private readonly channels: Readonly<Record<AlertWay, AlertChannel>>;

  constructor(
    private readonly alerts: Alerts,
    post: PostAlerts,
    letter: MailAlerts,
  ) {
    this.channels = { post, letter };
  }

  /** @throws Error when one was not taken; those after it wait, too */
  async run(way: AlertWay): Promise<void> {
    for (const alert of await this.alerts.untold(way, AT_A_TIME)) {
      if (!alert.toldRaised[way]) {
        await this.channels[way].send(alert, 'raised', alert.raisedAt);
        await this.alerts.told(alert, way, 'raised');
      }
      if (alert.clearedAt) {
        await this.channels[way].send(alert, 'cleared', alert.clearedAt);
        await this.alerts.told(alert, way, 'cleared');
      }
    }
  }
}
