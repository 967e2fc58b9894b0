import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { Periodic } from '#libs/queues';
import { EvaluateAlerts } from './evaluate-alerts.js';
import { TellAlerts } from './tell-alerts.js';

const EVERY_MS = 30_000;

/** Looks and tells, apart from each other: an address that does not answer keeps nobody from looking. */
@Injectable()
export class WatchAlerts implements OnApplicationBootstrap {
  constructor(
    private readonly evaluate: EvaluateAlerts,
    private readonly tell: TellAlerts,
    private readonly periodic: Periodic,
  ) {}

  onApplicationBootstrap(): void {
    this.periodic.every('alerts', EVERY_MS, () => this.evaluate.run());
    this.periodic.every('posting alerts', EVERY_MS, () => this.tell.run('post'));
    this.periodic.every('mailing alerts', EVERY_MS, () => this.tell.run('letter'));
  }
}
