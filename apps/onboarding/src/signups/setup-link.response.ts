import { ApiProperty } from '@nestjs/swagger';

const instant = { nullable: true, type: String, format: 'date-time' } as const;

export class MadeSetupLinkResponse {
  @ApiProperty() id: string;
  @ApiProperty({ description: 'Shown in this answer only' }) url: string;
  @ApiProperty({ format: 'date-time' }) expires_at: string;
}
class SetupLinkResponse {
  @ApiProperty() id: string;
  @ApiProperty({ enum: ['waiting', 'opened', 'used', 'revoked', 'expired'] }) state: string;
  @ApiProperty({ nullable: true, type: String }) signup_id: string | null;
  @ApiProperty({ example: 'key:01a20868-001a-7009-b91e-55f99db1998e' }) made_by: string;
  @ApiProperty({ format: 'date-time' }) created_at: string;
  @ApiProperty({ format: 'date-time' }) expires_at: string;
  @ApiProperty(instant) opened_at: string | null;
  @ApiProperty(instant) used_at: string | null;
}
export class SetupLinksResponse {
  @ApiProperty({ type: [SetupLinkResponse] }) data: SetupLinkResponse[];
}
class LinkTenantResponse {
  @ApiProperty({ example: 'Tienda Luna' }) name: string;
}
export class OpenedSetupLinkResponse {
  @ApiProperty({ description: 'Good for its one signup' }) access_token: string;
  @ApiProperty({ example: 'bearer' }) token_type: string;
  @ApiProperty({ type: 'integer', description: 'Seconds' }) expires_in: number;
  @ApiProperty() signup_id: string;
  @ApiProperty() tenant: LinkTenantResponse;
  @ApiProperty({ nullable: true, type: String }) return_url: string | null;
}
