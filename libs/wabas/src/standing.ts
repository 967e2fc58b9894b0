import { Injectable } from '@nestjs/common';
import type { Tx } from '#libs/persistence';
import { REGISTERED_STATUSES } from './number-status.js';
import { liftRefusals } from './refused-numbers.js';

/** Something that Meta does not let a WABA or number do for a while. */
export interface Restriction {
  /** Meta's word, e.g. `RESTRICTED_BIZ_INITIATED_MESSAGING`. */
  type: string;
  /** When it ends by itself; undefined: when Meta says so. */
  until: Date | undefined;
}

/**
 * What Meta allows WABAs and their numbers. Restrictions and flags in force are read from the history of decisions, never
 * stored; of access that was lost, the numbers themselves keep since when.
 */
@Injectable()
export class Standing {
  /**
   * Meta's restrictions of a number and of its WABA that are in force at an instant: the newest word on each counts. A number
   * whose status is RESTRICTED may only reply, for as long as it is.
   */
  async restrictions(
    tx: Tx,
    tenantId: string,
    of: { wabaId: string; phoneNumberId: string },
    now: Date,
  ): Promise<Restriction[]> {
    const rows: { told: unknown }[] = await tx.query(
      `SELECT newest.told FROM (VALUES (NULL::uuid), ($3::uuid)) AS scope(phone_number_id), LATERAL (
         SELECT e.detail -> 'restriction_info' AS told FROM account_events e
          WHERE e.tenant_id = $1 AND e.waba_id = $2 AND e.topic = 'restriction'
            AND e.phone_number_id IS NOT DISTINCT FROM scope.phone_number_id
          ORDER BY e.at DESC, e.event_id DESC LIMIT 1) AS newest
       UNION ALL SELECT '[{"restriction_type": "RESTRICTED_BIZ_INITIATED_MESSAGING"}]'::jsonb FROM phone_numbers
        WHERE tenant_id = $1 AND phone_number_id = $3 AND status = 'RESTRICTED'`,
      [tenantId, of.wabaId, of.phoneNumberId],
    );
    return rows.flatMap(({ told }) => readRestrictions(told)).filter(({ until }) => until === undefined || until > now);
  }

  /** Since when Meta has a number flagged for low quality; undefined while it is not flagged. */
  async flaggedSince(tx: Tx, tenantId: string, phoneNumberId: string): Promise<Date | undefined> {
    const [newest]: { told: string; at: Date }[] = await tx.query(
      `SELECT told, at FROM account_events
        WHERE tenant_id = $1 AND phone_number_id = $2 AND topic = 'quality' AND told IN ('FLAGGED', 'UNFLAGGED', 'DOWNGRADE')
        ORDER BY at DESC, event_id DESC LIMIT 1`,
      [tenantId, phoneNumberId],
    );
    return newest?.told === 'FLAGGED' ? newest.at : undefined;
  }

  /**
   * Whether Meta still lets us act for a WABA, or for one of its numbers. Numbers that were connected are DISCONNECTED while
   * it does not, and connected again when it does; what the merchant deregistered stays so.
   */
  async setAccess(
    tx: Tx,
    tenantId: string,
    of: { wabaId: string; phoneNumberId?: string | undefined },
    access: boolean,
    now: Date,
  ): Promise<void> {
    const change = access
      ? `status = 'CONNECTED', access_lost_at = NULL, updated_at = $4 WHERE access_lost_at IS NOT NULL AND status = 'DISCONNECTED'`
      : `status = 'DISCONNECTED', access_lost_at = $4, updated_at = $4 WHERE status = ANY ($5)`;
    await tx.query(
      `UPDATE phone_numbers SET ${change} AND tenant_id = $1 AND waba_id = $2 AND ($3::uuid IS NULL OR phone_number_id = $3)`,
      [tenantId, of.wabaId, of.phoneNumberId ?? null, now, ...(access ? [] : [REGISTERED_STATUSES])],
    );
    if (access) await liftRefusals(tx, tenantId, of, now);
  }
}

/** `restriction_info` of a webhook; `expiration` is in unix seconds (account_update reference, 2025-12-05). */
function readRestrictions(told: unknown): Restriction[] {
  return (Array.isArray(told) ? told : []).flatMap(
    (one: { restriction_type?: unknown; expiration?: unknown } | null) => {
      if (typeof one?.restriction_type !== 'string') return [];
      const seconds = Number(one.expiration);
      return [{ type: one.restriction_type, until: seconds > 0 ? new Date(seconds * 1_000) : undefined }];
    },
  );
}
