import { Inject, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import type { Logger } from 'pino';
import { Gauge, type Registry } from 'prom-client';
import { CLOCK, type Clock } from '#libs/clock';
import { LOGGER, METRICS } from '#libs/observability';
import { Periodic } from '#libs/queues';
import { LookAtClient } from './look-at-client.js';
import { type ClientRecord, OnPremisesClients } from './on-premises-clients.js';

/** Each client is looked at so often, by whichever worker comes first. */
const CHECK_EVERY_MS = 60_000;
const SWEEP_MS = 10_000;
const AT_ONCE = 8;

/** Looks at every client again and again, and lets the metrics say how they are. */
@Injectable()
export class CheckHealth implements OnApplicationBootstrap {
  constructor(
    private readonly records: OnPremisesClients,
    private readonly looks: LookAtClient,
    private readonly periodic: Periodic,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(LOGGER) private readonly logger: Logger,
    @Inject(METRICS) registry: Registry,
  ) {
    new Gauge({
      name: 'on_premises_clients',
      help: 'On-Premises clients of all tenants, by state and health',
      labelNames: ['state', 'health'],
      registers: [registry],
      async collect() {
        const counts = await records.counts().catch(() => []);
        this.reset();
        for (const { state, health, clients } of counts) this.set({ state, health }, clients);
      },
    });
  }

  onApplicationBootstrap(): void {
    this.periodic.every('look at On-Premises clients', SWEEP_MS, () => this.check());
  }

  /** Looks at all whose time has come. */
  async check(): Promise<void> {
    const due = await this.records.toCheck(this.clock.now());
    const next = due.values();
    await Promise.all(
      Array.from({ length: AT_ONCE }, async () => {
        for (const { tenantId, phoneNumberId } of next) await this.checkOne(tenantId, phoneNumberId);
      }),
    );
  }

  private async checkOne(tenantId: string, phoneNumberId: string): Promise<void> {
    const now = this.clock.now();
    const record = await this.records.claimCheck(
      tenantId,
      phoneNumberId,
      now,
      new Date(now.getTime() + CHECK_EVERY_MS),
    );
    if (!record) return;
    const { health, error } = await this.looks.look(record);
    this.sayChange(record, health, error);
  }

  private sayChange({ tenantId, phoneNumberId, health: before }: ClientRecord, health: string, error?: string): void {
    if (health === before) return;
    const line = { tenantId, phoneNumberId, before, health, reason: error };
    if (health === 'connected') this.logger.info(line, 'an On-Premises client is connected');
    else this.logger.warn(line, 'an On-Premises client is not connected');
  }
}
