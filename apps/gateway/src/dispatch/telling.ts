import { Injectable } from '@nestjs/common';
import { Database, type Tx } from '#libs/persistence';
import { Wake } from '#libs/queues';
import { type TenantEvent, TenantEvents } from '#libs/tenant-events';

/** Tells the tenant of the transaction something. */
export type Tell = (events: TenantEvent | readonly TenantEvent[]) => Promise<void>;

/** Transactions in which a tenant is told something: the endpoints with new posts are woken once it is committed. */
@Injectable()
export class Telling {
  constructor(
    private readonly db: Database,
    private readonly events: TenantEvents,
    private readonly wake: Wake,
  ) {}

  /** Runs work as `Database.inTenant` does, with a way to tell events in the same transaction. */
  async inTenant<T>(tenantId: string, work: (tx: Tx, tell: Tell) => Promise<T>): Promise<T> {
    const endpoints = new Set<string>();
    const done = await this.db.inTenant(
      tenantId,
      (tx) =>
        work(tx, async (events) => {
          for (const id of await this.events.publish(tx, tenantId, events)) endpoints.add(id);
        }),
      'kept',
    );
    for (const endpointId of endpoints) void this.wake.lane('gateway.deliver', { tenantId, endpointId });
    return done;
  }
}
