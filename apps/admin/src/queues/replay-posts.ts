import { Inject, Injectable } from '@nestjs/common';
import { CLOCK, type Clock } from '#libs/clock';
import { Refusal } from '#libs/http';
import { Database } from '#libs/persistence';
import { AuditLog, auditOf, type StaffCaller } from '#libs/staff';
import { WebhookDeliveries } from '#libs/tenant-events';

/** As many as the tenant's own API queues in one call. */
const AT_ONCE = 1_000;

/** Which past events: named ones, or those of a half-open range of their own time. */
export type WhichEvents =
  | { eventIds: readonly string[] }
  | { from: Date; to?: Date | undefined; after?: string | undefined };

/** Has past events of a tenant posted once more, as the tenant itself may. */
@Injectable()
export class ReplayPosts {
  constructor(
    private readonly db: Database,
    private readonly deliveries: WebhookDeliveries,
    private readonly audit: AuditLog,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /**
   * Queues the posts, with an audit entry in the same transaction; the gateway's sweeper finds them.
   *
   * @param input `deadOnly`: only of posts that were given up
   * @returns how many are queued, and the event to go on after if there may be more
   * @throws Refusal 404 where the tenant has no such endpoint
   */
  async run(input: {
    tenantId: string;
    endpointId: string;
    which: WhichEvents;
    deadOnly: boolean;
    reason: string;
    staff: StaffCaller;
  }): Promise<{ queued: number; next: string | null }> {
    const { tenantId, endpointId, which, deadOnly, reason, staff } = input;
    const now = this.clock.now();
    return this.db.inTenant(tenantId, async (tx) => {
      // Asked for without its secret and headers, which staff have no business with.
      const [endpoint] = await tx.query(
        'SELECT enabled FROM webhook_endpoints WHERE tenant_id = $1 AND endpoint_id = $2',
        [tenantId, endpointId],
      );
      if (!endpoint) throw Refusal.notFound('webhook');
      const { queued, next } = await this.deliveries.replay(tx, tenantId, endpointId, {
        now,
        limit: AT_ONCE,
        deadOnly,
        ...('eventIds' in which ? which : { from: which.from, to: which.to ?? now, after: which.after }),
      });
      await this.audit.record(tx, {
        ...auditOf(staff, reason),
        action: 'webhook.replay',
        object: `webhook:${endpointId}`,
        tenantId,
        after: { queued, dead_only: deadOnly, ...which },
      });
      return { queued, next: next ?? null };
    });
  }
}
