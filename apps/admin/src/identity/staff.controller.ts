import { Body, Controller, Delete, Get, Header, HttpCode, Param, Patch, Post } from '@nestjs/common';
import {
  ApiBearerAuth,
  ApiCreatedResponse,
  ApiNoContentResponse,
  ApiOkResponse,
  ApiOperation,
  ApiProperty,
  ApiTags,
} from '@nestjs/swagger';
import { IsEmail, IsIn, MaxLength } from 'class-validator';
import { Refusal, UuidPipe } from '#libs/http';
import { Database, PROVIDER_TENANT } from '#libs/persistence';
import {
  AuditLog,
  auditOf,
  Needs,
  ReasonRequest,
  STAFF_ROLES,
  Staff,
  type StaffCaller,
  type StaffRole,
} from '#libs/staff';
import {
  InvitationsResponse,
  MadeInvitationResponse,
  StaffMembersResponse,
  TicketResponse,
} from './account.response.js';
import { OpenSessionsResponse } from './session.response.js';
import { showSession } from './show-session.js';
import { type Invitation, StaffLinks } from './staff-links.js';
import { StaffSessions } from './staff-sessions.js';
import { LastAdministratorError, type StaffUser, StaffUsers } from './staff-users.js';

class RoleRequest extends ReasonRequest {
  @ApiProperty({ enum: STAFF_ROLES }) @IsIn(STAFF_ROLES) role: StaffRole;
}
class InviteRequest extends RoleRequest {
  @ApiProperty({ example: 'ana@provider.example' }) @IsEmail() @MaxLength(254) email: string;
}

/** Throws what a change of an account answered when it was not made. */
async function mustExist(change: Promise<boolean>): Promise<void> {
  const done = await change.catch((error) => {
    if (!(error instanceof LastAdministratorError)) throw error;
    throw Refusal.conflict('Somebody must remain administrator. Make somebody else one first.');
  });
  if (!done) throw Refusal.notFound('member of staff');
}

const showInvitation = (i: Invitation) => ({
  id: i.linkId,
  email: i.email,
  role: i.role,
  invited_by: i.madeBy,
  created_at: i.createdAt,
  expires_at: i.expiresAt,
});

/** The provider's people, as administrators manage them. */
@ApiTags('staff')
@ApiBearerAuth()
@Controller('admin/v1')
export class StaffController {
  constructor(
    private readonly users: StaffUsers,
    private readonly links: StaffLinks,
    private readonly sessions: StaffSessions,
    private readonly audit: AuditLog,
    private readonly db: Database,
  ) {}

  @Get('staff')
  @Needs('staff.read')
  @ApiOperation({ summary: 'List staff' })
  @ApiOkResponse({ type: StaffMembersResponse })
  async list(): Promise<StaffMembersResponse> {
    return {
      data: (await this.users.list()).map((u) => ({
        id: u.staffId,
        email: u.email,
        role: u.role,
        active: u.disabledAt === null,
        second_factor: u.totpSince !== null,
        identity_provider: u.oidcIdentity !== null,
        created_at: u.createdAt,
      })),
    };
  }

  /** Gives somebody another role, from their next request on; their accesses to tenants end. 409 for the last administrator. */
  @Patch('staff/:id')
  @HttpCode(204)
  @Needs('staff.manage')
  @ApiOperation({ summary: 'Change a role' })
  @ApiNoContentResponse()
  setRole(
    @Staff() staff: StaffCaller,
    @Param('id', UuidPipe) id: string,
    @Body() { role, reason }: RoleRequest,
  ): Promise<void> {
    return mustExist(this.users.setRole(id, role, auditOf(staff, reason)));
  }

  /** Closes an account and ends its sessions and its accesses to tenants at once, in every process. 409 for the last administrator. */
  @Post('staff/:id/deactivate')
  @HttpCode(204)
  @Needs('staff.manage')
  @ApiOperation({ summary: 'Deactivate an account' })
  deactivate(
    @Staff() staff: StaffCaller,
    @Param('id', UuidPipe) id: string,
    @Body() { reason }: ReasonRequest,
  ): Promise<void> {
    return mustExist(this.users.disable(id, auditOf(staff, reason)));
  }

  @Post('staff/:id/reactivate')
  @HttpCode(204)
  @Needs('staff.manage')
  @ApiOperation({ summary: 'Reactivate an account' })
  reactivate(
    @Staff() staff: StaffCaller,
    @Param('id', UuidPipe) id: string,
    @Body() { reason }: ReasonRequest,
  ): Promise<void> {
    return mustExist(this.users.enable(id, auditOf(staff, reason)));
  }

  /** For somebody who lost telephone and recovery codes; their sessions end, and they add another second factor. */
  @Post('staff/:id/reset-second-factor')
  @HttpCode(204)
  @Needs('staff.manage')
  @ApiOperation({ summary: 'Reset a second factor' })
  resetSecondFactor(
    @Staff() staff: StaffCaller,
    @Param('id', UuidPipe) id: string,
    @Body() { reason }: ReasonRequest,
  ): Promise<void> {
    return mustExist(this.users.dropSecondFactor(id, auditOf(staff, reason)));
  }

  /** A ticket with which its owner chooses a new password within an hour. The second factor stays. */
  @Post('staff/:id/reset-password')
  @Header('cache-control', 'no-store')
  @Needs('staff.manage')
  @ApiOperation({ summary: 'Let somebody choose a new password' })
  @ApiCreatedResponse({ type: TicketResponse })
  async resetPassword(
    @Staff() staff: StaffCaller,
    @Param('id', UuidPipe) id: string,
    @Body() { reason }: ReasonRequest,
  ): Promise<TicketResponse> {
    const user = await this.users.find(id);
    if (!user || user.disabledAt) throw Refusal.notFound('member of staff');
    const { ticket, expiresAt } = await this.links.resetPassword(user, auditOf(staff, reason));
    return { ticket, expires_at: expiresAt };
  }

  @Get('staff/:id/sessions')
  @Needs('staff.read')
  @ApiOperation({ summary: 'See where somebody is signed in' })
  @ApiOkResponse({ type: OpenSessionsResponse })
  async sessionsOf(
    @Staff() { sessionId }: StaffCaller,
    @Param('id', UuidPipe) id: string,
  ): Promise<OpenSessionsResponse> {
    await this.mustFind(id);
    return { data: (await this.sessions.list(id)).map((s) => showSession(s, sessionId)) };
  }

  /** Signs somebody out everywhere, at once and in every process; their accesses to tenants end as well. */
  @Post('staff/:id/end-sessions')
  @HttpCode(204)
  @Needs('staff.manage')
  @ApiOperation({ summary: 'Sign somebody out' })
  async endSessions(
    @Staff() staff: StaffCaller,
    @Param('id', UuidPipe) id: string,
    @Body() { reason }: ReasonRequest,
  ): Promise<void> {
    await this.mustFind(id);
    await this.db.inTenant(PROVIDER_TENANT, async (tx) => {
      const ended = await this.sessions.endAll(tx, id, 'revoked', staff.email);
      const object = `staff:${id}`;
      await this.audit.record(tx, { ...auditOf(staff, reason), action: 'session.end-all', object, after: { ended } });
    });
  }

  /** Invitations that are open. */
  @Get('invitations')
  @Needs('staff.read')
  @ApiOperation({ summary: 'List invitations' })
  @ApiOkResponse({ type: InvitationsResponse })
  async invitations(): Promise<InvitationsResponse> {
    return { data: (await this.links.invitations()).map(showInvitation) };
  }

  /** The ticket is handed on by who invites, and opens the account within a week. */
  @Post('invitations')
  @Header('cache-control', 'no-store')
  @Needs('staff.manage')
  @ApiOperation({ summary: 'Invite somebody' })
  @ApiCreatedResponse({ type: MadeInvitationResponse })
  async invite(
    @Staff() staff: StaffCaller,
    @Body() { email, role, reason }: InviteRequest,
  ): Promise<MadeInvitationResponse> {
    const made = await this.links.invite(email, role, auditOf(staff, reason));
    if (made === 'taken') throw new Refusal(409, 'address_taken', 'Somebody already signs in with this address.');
    return { ...showInvitation(made), ticket: made.ticket };
  }

  @Delete('invitations/:id')
  @HttpCode(204)
  @Needs('staff.manage')
  @ApiOperation({ summary: 'Withdraw an invitation' })
  async withdraw(@Staff() staff: StaffCaller, @Param('id', UuidPipe) id: string): Promise<void> {
    if (!(await this.links.withdraw(id, auditOf(staff, 'withdrawn')))) throw Refusal.notFound('open invitation');
  }

  private async mustFind(id: string): Promise<StaffUser> {
    const user = await this.users.find(id);
    if (!user) throw Refusal.notFound('member of staff');
    return user;
  }
}
