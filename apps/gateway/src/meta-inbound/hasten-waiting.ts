import { Inject, Injectable } from '@nestjs/common';
import { CLOCK, type Clock } from '#libs/clock';
import { OutboxLanes } from '#libs/outbox';
import type { Tx } from '#libs/persistence';
import { Wabas } from '#libs/wabas';
import { REMEMBER_MS } from '../channels/channels.js';

/** Has messages that wait for Meta looked at again, since Meta let go: they were put off by what held then, up to a day. */
@Injectable()
export class HastenWaiting {
  constructor(
    private readonly wabas: Wabas,
    private readonly lanes: OutboxLanes,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async ofWaba(tx: Tx, tenantId: string, wabaId: string): Promise<void> {
    for (const number of await this.wabas.phoneNumbers(tx, tenantId)) {
      if (number.wabaId === wabaId) await this.lanes.hasten(tx, tenantId, number.phoneNumberId, this.clock.now());
    }
  }

  /** After the moment for which dispatchers still go by the limit as it was: they would put them off once more. */
  async ofPortfolio(tx: Tx, tenantId: string, portfolioId: string): Promise<void> {
    const at = new Date(this.clock.now().getTime() + REMEMBER_MS);
    const wabas = new Map((await this.wabas.wabas(tx, tenantId)).map((w) => [w.wabaId, w.portfolioId]));
    for (const { wabaId, phoneNumberId } of await this.wabas.phoneNumbers(tx, tenantId)) {
      if (wabas.get(wabaId) === portfolioId) await this.lanes.hasten(tx, tenantId, phoneNumberId, at);
    }
  }
}
