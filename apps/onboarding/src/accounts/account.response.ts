import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { TENANT_ROLES } from '#libs/tenants';

class FoundedTenantResponse {
  @ApiProperty() id: string;
  @ApiProperty({ example: 'Tienda Luna' }) name: string;
}
class FoundedOwnerResponse {
  @ApiProperty() id: string;
}
export class FoundAccountResponse {
  @ApiProperty() tenant: FoundedTenantResponse;
  @ApiProperty() user: FoundedOwnerResponse;
}
class SignedInUserResponse {
  @ApiProperty() id: string;
  @ApiProperty({ enum: TENANT_ROLES }) role: string;
}
export class SessionResponse {
  @ApiProperty() access_token: string;
  @ApiProperty({ example: 'bearer' }) token_type: string;
  @ApiProperty({ type: 'integer', description: 'Seconds' }) expires_in: number;
  @ApiProperty({ description: 'Works once, at `POST /api/v1/sessions/refresh`' }) refresh_token: string;
  @ApiProperty() tenant: FoundedTenantResponse;
  @ApiProperty() user: SignedInUserResponse;
}
class OpenSessionResponse {
  @ApiProperty() id: string;
  @ApiProperty({ description: 'The session that calls' }) current: boolean;
  @ApiProperty({ nullable: true, type: String, description: 'The browser, as it named itself' }) agent: string | null;
  @ApiProperty({ nullable: true, type: String }) from_address: string | null;
  @ApiProperty({ format: 'date-time' }) created_at: string;
  @ApiProperty({ format: 'date-time' }) used_at: string;
  @ApiProperty({ format: 'date-time' }) expires_at: string;
}
export class OpenSessionsResponse {
  @ApiProperty({ type: [OpenSessionResponse] }) data: OpenSessionResponse[];
}
class LimitResponse {
  @ApiProperty({ enum: ['numbers', 'media_bytes'] }) what: string;
  @ApiProperty({ nullable: true, type: 'integer', description: 'null: no limit' }) most: number | null;
  @ApiProperty({ type: 'integer' }) used: number;
}
class OwnTenantResponse extends FoundedTenantResponse {
  @ApiProperty({ nullable: true, type: String, example: 'MX' }) country: string | null;
  @ApiProperty({ enum: ['active', 'suspended', 'locked', 'closing', 'closed'] }) status: string;
  @ApiProperty({ nullable: true, type: String, format: 'date-time' }) closes_at: string | null;
  @ApiProperty({ type: [LimitResponse] }) limits: LimitResponse[];
}
class OwnUserResponse extends SignedInUserResponse {
  @ApiProperty({ example: 'owner@shop.example' }) email: string;
  @ApiProperty() email_confirmed: boolean;
  @ApiProperty() second_factor: boolean;
}
class OwnKeyResponse {
  @ApiProperty() id: string;
  @ApiProperty({ nullable: true, type: [String], description: 'null: all' }) scopes: string[] | null;
}
export class CallerResponse {
  @ApiProperty() tenant: OwnTenantResponse;
  @ApiPropertyOptional({ description: 'Where a signed-in person calls' }) user?: OwnUserResponse;
  @ApiPropertyOptional({ description: 'Where a key calls' }) api_key?: OwnKeyResponse;
}
