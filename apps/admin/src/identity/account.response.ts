import { ApiProperty } from '@nestjs/swagger';
import { type Permission, STAFF_PERMISSIONS, STAFF_ROLES, type StaffRole } from '#libs/staff';

export class AccountResponse {
  @ApiProperty() id: string;
  @ApiProperty() email: string;
  @ApiProperty({ enum: STAFF_ROLES }) role: StaffRole;
  @ApiProperty({ enum: Object.keys(STAFF_PERMISSIONS), isArray: true }) permissions: Permission[];
  @ApiProperty({ description: 'Whether a second factor is asked for' }) second_factor: boolean;
  @ApiProperty() recovery_codes_left: number;
  @ApiProperty({ description: 'Whether the account is bound to the identity provider' }) identity_provider: boolean;
}

/** An account as administrators and auditors see it. */
export class StaffMemberResponse {
  @ApiProperty() id: string;
  @ApiProperty() email: string;
  @ApiProperty({ enum: STAFF_ROLES }) role: StaffRole;
  @ApiProperty() active: boolean;
  @ApiProperty() second_factor: boolean;
  @ApiProperty() identity_provider: boolean;
  @ApiProperty() created_at: Date;
}
export class StaffMembersResponse {
  @ApiProperty({ type: [StaffMemberResponse] }) data: StaffMemberResponse[];
}

export class InvitationResponse {
  @ApiProperty() id: string;
  @ApiProperty() email: string;
  @ApiProperty({ enum: STAFF_ROLES }) role: StaffRole;
  @ApiProperty() invited_by: string;
  @ApiProperty() created_at: Date;
  @ApiProperty() expires_at: Date;
}
export class InvitationsResponse {
  @ApiProperty({ type: [InvitationResponse] }) data: InvitationResponse[];
}
export class MadeInvitationResponse extends InvitationResponse {
  @ApiProperty({ description: 'For POST /admin/v1/invitations/accept; shown in this answer only' }) ticket: string;
}
export class TicketResponse {
  @ApiProperty({ description: 'For POST /admin/v1/password/reset; shown in this answer only' }) ticket: string;
  @ApiProperty() expires_at: Date;
}
