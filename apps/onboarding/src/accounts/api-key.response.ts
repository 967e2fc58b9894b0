import { ApiProperty } from '@nestjs/swagger';

const instant = { nullable: true, type: String, format: 'date-time' } as const;

class ApiKeyResponse {
  @ApiProperty() id: string;
  @ApiProperty() name: string;
  @ApiProperty({ description: 'Its first characters' }) hint: string;
  @ApiProperty({ nullable: true, type: [String], description: 'null: all' }) scopes: string[] | null;
  @ApiProperty({ nullable: true, type: String, description: "Meta's id" }) waba_id: string | null;
  @ApiProperty({ nullable: true, type: String, description: "Meta's id" }) phone_number_id: string | null;
  @ApiProperty({ nullable: true, type: String, description: 'The key that it was rotated from' }) replaces:
    | string
    | null;
  @ApiProperty({ format: 'date-time' }) created_at: string;
  @ApiProperty(instant) last_used_at: string | null;
  @ApiProperty(instant) expires_at: string | null;
  @ApiProperty(instant) revoked_at: string | null;
}
export class ApiKeysResponse {
  @ApiProperty({ type: [ApiKeyResponse] }) data: ApiKeyResponse[];
}
export class MadeApiKeyResponse {
  @ApiProperty() id: string;
  @ApiProperty() name: string;
  @ApiProperty({ description: 'Shown in this answer only' }) api_key: string;
}
export class RotatedApiKeyResponse {
  @ApiProperty() id: string;
  @ApiProperty({ description: 'The old key' }) replaces: string;
  @ApiProperty({ description: 'Shown in this answer only' }) api_key: string;
}
