import { Injectable } from '@nestjs/common';
import { type FromNumber, failedStatus, giveUp, type MessageRow, NEVER_TOLD } from '#libs/outbox';
import type { Tx } from '#libs/persistence';
import { TenantEvents, WebhookDeliveries } from '#libs/tenant-events';
import { UsageFacts } from '#libs/usage';
import type { ParkedItem } from './find-parked.js';
import type { ParkedAction, ParkedKind } from './parked-kinds.js';

type Item = Pick<ParkedItem, 'id' | 'sub' | 'cause'>;

/** What a tenant is told of a message that had not been handed to Meta when the provider gave it up. */
const GIVEN_UP = {
  code: 131000,
  message: '(#131000) Something went wrong',
  error_data: { messaging_product: 'whatsapp', details: 'The provider gave this message up; it was not sent.' },
};

/** How each kind is moved; sweepers of the apps that do the work find what is to be done. */
@Injectable()
export class MoveParked {
  constructor(
    private readonly events: TenantEvents,
    private readonly deliveries: WebhookDeliveries,
    private readonly usage: UsageFacts,
  ) {}

  /**
   * @param tx with the rows of this tenant
   * @returns how many were parked still, and have moved
   */
  async all(
    tx: Tx,
    tenantId: string,
    kind: ParkedKind,
    action: ParkedAction,
    items: readonly Item[],
    now: Date,
  ): Promise<number> {
    const ids = items.map((i) => i.id);
    switch (kind) {
      case 'messages':
        return this.giveUp(tx, tenantId, items, now);
      case 'meta_events':
        return action === 'retry' ? retryEvents(tx, tenantId, ids) : discardEvents(tx, tenantId, ids, now);
      case 'usage_facts':
        return this.usage.unparkThese(tx, tenantId, ids);
      case 'webhook_deliveries':
        return this.post(tx, tenantId, action, items, now);
    }
  }

  private async giveUp(tx: Tx, tenantId: string, items: readonly Item[], at: Date): Promise<number> {
    let count = 0;
    for (const [inDoubt, error] of [
      [true, NEVER_TOLD],
      [false, GIVEN_UP],
    ] as const) {
      const ids = items.filter((i) => (i.cause === 'outcome_unknown') === inDoubt).map((i) => i.id);
      const failed = await giveUp(tx, tenantId, ids, { at, error, detail: { reason: 'given_up_by_staff', error } });
      await this.tell(tx, tenantId, failed, error, at);
      count += failed.length;
    }
    return count;
  }

  private async tell(tx: Tx, tenantId: string, failed: readonly MessageRow[], error: object, at: Date): Promise<void> {
    const numbers = await numbersOf(
      tx,
      tenantId,
      failed.map((m) => m.phoneNumberId),
    );
    const told = failed.flatMap((message) => {
      const number = numbers.get(message.phoneNumberId);
      return number ? [failedStatus(number, message, error, at)] : [];
    });
    await this.events.publish(tx, tenantId, told);
  }

  private async post(
    tx: Tx,
    tenantId: string,
    action: ParkedAction,
    items: readonly Item[],
    now: Date,
  ): Promise<number> {
    let count = 0;
    for (const endpointId of new Set(items.map((i) => i.sub))) {
      const eventIds = items.filter((i) => i.sub === endpointId).map((i) => i.id);
      if (action === 'discard') {
        count += await this.deliveries.putAside(tx, tenantId, endpointId, eventIds, now);
        continue;
      }
      const which = { eventIds, deadOnly: true, now, limit: eventIds.length };
      count += (await this.deliveries.replay(tx, tenantId, endpointId, which)).queued;
    }
    return count;
  }
}

async function retryEvents(tx: Tx, tenantId: string, ids: readonly string[]): Promise<number> {
  const rows: unknown[] = await tx.query('SELECT door_retry_meta_events($1, $2, $3)', [
    tenantId,
    ids,
    'tried again by staff',
  ]);
  return rows.length;
}

async function discardEvents(tx: Tx, tenantId: string, ids: readonly string[], at: Date): Promise<number> {
  const rows: unknown[] = await tx.query('SELECT door_discard_meta_events($1, $2, $3, $4)', [
    tenantId,
    ids,
    at,
    'discarded by staff',
  ]);
  return rows.length;
}

/** The numbers as statuses name them, by our id; no token is read. */
async function numbersOf(tx: Tx, tenantId: string, ids: readonly string[]): Promise<Map<string, FromNumber>> {
  const rows: (FromNumber['number'] & FromNumber['waba'])[] = await tx.query(
    `SELECT n.phone_number_id AS "phoneNumberId", n.meta_phone_number_id AS "metaPhoneNumberId",
            n.display_phone_number AS "displayPhoneNumber", w.waba_id AS "wabaId", w.meta_waba_id AS "metaWabaId"
       FROM phone_numbers n JOIN wabas w USING (tenant_id, waba_id)
      WHERE n.tenant_id = $1 AND n.phone_number_id = ANY ($2::uuid[])`,
    [tenantId, ids],
  );
  return new Map(
    rows.map(({ wabaId, metaWabaId, ...number }) => [number.phoneNumberId, { number, waba: { wabaId, metaWabaId } }]),
  );
}
