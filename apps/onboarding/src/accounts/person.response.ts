import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { TENANT_ROLES } from '#libs/tenants';

class UserResponse {
  @ApiProperty() id: string;
  @ApiProperty({ example: 'ana@shop.example' }) email: string;
  @ApiProperty({ enum: TENANT_ROLES }) role: string;
  @ApiProperty() email_confirmed: boolean;
  @ApiProperty() second_factor: boolean;
  @ApiProperty({ format: 'date-time' }) created_at: string;
}
export class UsersResponse {
  @ApiProperty({ type: [UserResponse] }) data: UserResponse[];
}
export class RoleResponse {
  @ApiProperty() id: string;
  @ApiProperty({ enum: TENANT_ROLES }) role: string;
}
export class InvitedResponse {
  @ApiProperty({ example: 'ana@shop.example' }) email: string;
  @ApiProperty({ enum: TENANT_ROLES }) role: string;
}
class InvitationResponse extends InvitedResponse {
  @ApiProperty() id: string;
  @ApiProperty({ format: 'date-time' }) created_at: string;
  @ApiProperty({ format: 'date-time' }) expires_at: string;
}
export class InvitationsResponse {
  @ApiProperty({ type: [InvitationResponse] }) data: InvitationResponse[];
}
class IdResponse {
  @ApiProperty() id: string;
}
export class JoinedResponse {
  @ApiProperty() tenant: IdResponse;
  @ApiProperty() user: IdResponse;
}
export class ConfirmedResponse {
  @ApiProperty() confirmed: boolean;
}
export class LetterSentResponse {
  @ApiProperty() sent: boolean;
}
export class ResetAskedResponse {
  @ApiProperty({ description: 'For a person' }) sent: string;
}
export class PasswordChangedResponse {
  @ApiProperty() changed: boolean;
}
class SwitchedOffResponse {
  @ApiProperty({ type: 'integer' }) api_keys: number;
  @ApiProperty({ type: 'integer' }) setup_links: number;
  @ApiProperty({ type: 'integer' }) webhooks: number;
  @ApiProperty({ type: 'integer' }) shop_sources: number;
}
export class PasswordResetResponse extends PasswordChangedResponse {
  @ApiPropertyOptional({ description: 'Where this was the first proof of the address' })
  switched_off?: SwitchedOffResponse;
}
export class BegunFactorResponse {
  @ApiProperty() secret: string;
  @ApiProperty({ description: 'For an authenticator app', example: 'otpauth://totp/…' }) uri: string;
}
export class RecoveryCodesResponse {
  @ApiProperty({ type: [String], description: 'Shown in this answer only; each works once' }) recovery_codes: string[];
}
