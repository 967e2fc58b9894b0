import { Injectable } from '@nestjs/common';
import { type ApplicationMove, type ApplicationState, Applications, WrongMoveError } from '#libs/applications';
import { Refusal } from '#libs/http';
import { Database } from '#libs/persistence';
import { AuditLog, auditOf, may, type StaffCaller } from '#libs/staff';
import { StaffUsers } from '../identity/staff-users.js';

/** What a member of staff does with an application, with its audit entry in one transaction. */
@Injectable()
export class DecideApplication {
  constructor(
    private readonly db: Database,
    private readonly applications: Applications,
    private readonly users: StaffUsers,
    private readonly audit: AuditLog,
  ) {}

  /**
   * @param input `reason`: the question or the reason of the decision; `to`: the address of who is to decide, for `reassign`
   * @throws Refusal 404; 400 for a `to` who may not decide; 409 when its state, or somebody else's claim, does not allow it
   */
  async run(input: {
    applicationId: string;
    move: ApplicationMove;
    staff: StaffCaller;
    reason: string;
    to?: string;
  }): Promise<{ id: string; state: ApplicationState; claimed_by: string | null }> {
    const { applicationId, move, staff, reason } = input;
    const to = move === 'reassign' ? await this.whoDecides(input.to ?? staff.email) : undefined;
    const found = await this.db.asStaff((tx) => this.applications.find(tx, applicationId));
    if (!found) throw Refusal.notFound('application');
    const { tenantId, state, claimedBy } = found.application;
    const said = saidIn(move, reason, to);
    return this.db
      .inTenant(tenantId, async (tx) => {
        const moved = await this.applications.move(tx, tenantId, applicationId, move, {
          who: 'staff',
          email: staff.email,
          said,
          to,
        });
        if (!moved) throw Refusal.notFound('application');
        await this.audit.record(tx, {
          ...auditOf(staff, reason),
          action: `application.${move}`,
          object: `application:${applicationId}`,
          tenantId,
          before: { state, claimed_by: claimedBy },
          after: { state: moved.state, claimed_by: moved.claimedBy },
        });
        return { id: applicationId, state: moved.state, claimed_by: moved.claimedBy };
      })
      .catch((error) => {
        if (error instanceof WrongMoveError) throw Refusal.conflict(error.message);
        throw error;
      });
  }

  private async whoDecides(email: string): Promise<string> {
    const user = await this.users.byAddress(email);
    if (user && !user.disabledAt && may(user.role, 'applications.decide')) return user.email;
    throw Refusal.invalid(`to: ${email} is nobody who may decide applications.`);
  }
}

/** What is kept beside the move: what the merchant reads, or to whom it was given. */
function saidIn(move: ApplicationMove, reason: string, to: string | undefined): string | undefined {
  if (move === 'ask' || move === 'approve' || move === 'decline') return reason;
  return move === 'reassign' ? `to ${to}: ${reason}` : undefined;
}
