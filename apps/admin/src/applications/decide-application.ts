import { Injectable } from '@nestjs/common';
import { type ApplicationMove, type ApplicationState, Applications, WrongMoveError } from '#libs/applications';
import { Refusal } from '#libs/http';
import { Database } from '#libs/persistence';
import { AuditLog, auditOf, type StaffCaller } from '#libs/staff';

/** What a member of staff does with an application, with its audit entry in one transaction. */
@Injectable()
export class DecideApplication {
  constructor(
    private readonly db: Database,
    private readonly applications: Applications,
    private readonly audit: AuditLog,
  ) {}

  /**
   * @param input `reason`: the question or the reason of the decision
   * @throws Refusal 404; 409 when its state, or somebody else's claim, does not allow it
   */
  async run(input: {
    applicationId: string;
    move: ApplicationMove;
    staff: StaffCaller;
    reason: string;
  }): Promise<{ id: string; state: ApplicationState; claimed_by: string | null }> {
    const { applicationId, move, staff, reason } = input;
    const found = await this.db.asStaff((tx) => this.applications.find(tx, applicationId));
    if (!found) throw Refusal.notFound('application');
    const { tenantId, state: before } = found.application;
    const isSaid = move === 'ask' || move === 'approve' || move === 'decline';
    return this.db
      .inTenant(tenantId, async (tx) => {
        const moved = await this.applications.move(tx, tenantId, applicationId, move, {
          who: 'staff',
          email: staff.email,
          ...(isSaid ? { said: reason } : {}),
        });
        if (!moved) throw Refusal.notFound('application');
        await this.audit.record(tx, {
          ...auditOf(staff, reason),
          action: `application.${move}`,
          object: `application:${applicationId}`,
          tenantId,
          before: { state: before },
          after: { state: moved.state },
        });
        return { id: applicationId, state: moved.state, claimed_by: moved.claimedBy };
      })
      .catch((error) => {
        if (error instanceof WrongMoveError) throw Refusal.conflict(error.message);
        throw error;
      });
  }
}
