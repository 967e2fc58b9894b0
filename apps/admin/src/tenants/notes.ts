import { Inject, Injectable } from '@nestjs/common';
import { CLOCK, type Clock } from '#libs/clock';
import { Refusal } from '#libs/http';
import { newId } from '#libs/ids';
import { Database, type Tx } from '#libs/persistence';
import { AuditLog, auditOf, type StaffCaller } from '#libs/staff';
import { Tenants } from '#libs/tenants';

export interface NoteRow {
  id: string;
  at: Date;
  who: string;
  text: string;
}

/** What staff write down about a tenant for each other; the one writer of tenant_notes. */
@Injectable()
export class Notes {
  constructor(
    private readonly db: Database,
    private readonly tenants: Tenants,
    private readonly audit: AuditLog,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** @throws Refusal 404 for an unknown tenant */
  async add(tenantId: string, text: string, staff: StaffCaller): Promise<NoteRow> {
    const at = this.clock.now();
    const note = { id: newId(at), at, who: staff.email, text };
    await this.db.inTenant(tenantId, async (tx) => {
      if (!(await this.tenants.find(tx, tenantId))) throw Refusal.notFound('tenant');
      await tx.query('INSERT INTO tenant_notes (tenant_id, note_id, at, who, text) VALUES ($1, $2, $3, $4, $5)', [
        tenantId,
        note.id,
        at,
        note.who,
        text,
      ]);
      await this.audit.record(tx, {
        ...auditOf(staff, 'a note'),
        action: 'tenant.note',
        object: `tenant:${tenantId}`,
        tenantId,
        after: { note: note.id },
      });
    });
    return note;
  }

  /** Newest first. */
  list(tx: Tx, tenantId: string, page: { before?: string | undefined; limit: number }): Promise<NoteRow[]> {
    return tx.query(
      `SELECT note_id AS id, at, who, text FROM tenant_notes
        WHERE tenant_id = $1 AND ($2::uuid IS NULL OR note_id < $2) ORDER BY note_id DESC LIMIT $3`,
      [tenantId, page.before ?? null, page.limit],
    );
  }
}
