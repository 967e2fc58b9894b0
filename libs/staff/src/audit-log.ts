import { Inject, Injectable } from '@nestjs/common';
import { CLOCK, type Clock } from '#libs/clock';
import { newId } from '#libs/ids';
import type { Tx } from '#libs/persistence';
import { Vault } from '#libs/vault';
import { chainHash, HEAD_CONTEXT, headText } from './audit-chain.js';
import type { StaffCaller } from './staff.guard.js';

/** One write of the staff. `before` and `after` hold what changed and never a secret. */
export interface AuditEntry {
  /** The e-mail address of the member of staff, or the command. */
  who: string;
  /** Absent at the command line. */
  staffId?: string;
  /** What was done, e.g. `tenant.suspend`. */
  action: string;
  /** What it was done to, as `kind:id`. */
  object: string;
  tenantId?: string;
  before?: object;
  after?: object;
  /** Why, in the words of who did it. */
  reason: string;
  fromAddress?: string;
  requestId?: string;
  userAgent?: string;
  sessionId?: string;
}

/** The part of an audit entry that says who, why and from where. */
export const auditOf = (
  staff: StaffCaller,
  reason: string,
): Pick<AuditEntry, 'who' | 'staffId' | 'reason' | 'fromAddress' | 'requestId' | 'userAgent' | 'sessionId'> => ({
  who: staff.email,
  staffId: staff.staffId,
  reason,
  fromAddress: staff.fromAddress,
  requestId: staff.requestId,
  ...(staff.userAgent ? { userAgent: staff.userAgent } : {}),
  sessionId: staff.sessionId,
});

const jsonOf = (value: object | undefined) => (value === undefined ? null : JSON.stringify(value));

/** The one writer of audit_log, which takes new rows only and is written by every app with staff routes. */
@Injectable()
export class AuditLog {
  constructor(
    private readonly vault: Vault,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /**
   * Writes the entry in the transaction of what it tells about: both are committed or neither is. From here to the commit
   * nobody else can add one, so let it be the last statement of the transaction.
   */
  async record(tx: Tx, entry: AuditEntry): Promise<void> {
    const at = this.clock.now();
    const [before, after] = [jsonOf(entry.before), jsonOf(entry.after)];
    const [head] = await tx.query('SELECT * FROM door_audit_head($1, $2, $3)', [
      before,
      after,
      entry.fromAddress ?? null,
    ]);
    const seq = Number(head.seq) + 1;
    const made = {
      seq,
      entryId: newId(at),
      at: at.toISOString().replace('Z', '000Z'),
      staffId: entry.staffId ?? null,
      who: entry.who,
      action: entry.action,
      object: entry.object,
      tenantId: entry.tenantId ?? null,
      before: head.before_text,
      after: head.after_text,
      reason: entry.reason,
      fromAddress: head.address_text,
      requestId: entry.requestId ?? null,
      userAgent: entry.userAgent ?? null,
      sessionId: entry.sessionId ?? null,
    };
    const hash = chainHash(head.hash, made);
    await tx.query('SELECT door_audit($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)', [
      seq,
      hash,
      this.vault.sign(headText(seq, hash), HEAD_CONTEXT),
      made.entryId,
      at,
      made.staffId,
      made.who,
      made.action,
      made.object,
      made.tenantId,
      before,
      after,
      made.reason,
      entry.fromAddress ?? null,
      made.requestId,
      made.userAgent,
      made.sessionId,
    ]);
  }
}
