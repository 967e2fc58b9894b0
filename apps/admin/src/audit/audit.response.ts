import { ApiProperty } from '@nestjs/swagger';

class AuditRowResponse {
  @ApiProperty() entry_id: string;
  @ApiProperty({ type: Number, nullable: true, description: 'Place in the chain' }) seq: number | null;
  @ApiProperty() at: Date;
  @ApiProperty({ type: String, nullable: true }) staff_id: string | null;
  @ApiProperty({ description: 'E-mail address at that time, or the command' }) who: string;
  @ApiProperty({ example: 'tenant.suspend' }) action: string;
  @ApiProperty({ description: 'What it was done to, as kind:id' }) object: string;
  @ApiProperty({ type: String, nullable: true }) tenant_id: string | null;
  @ApiProperty({ type: Object, nullable: true }) before: object | null;
  @ApiProperty({ type: Object, nullable: true }) after: object | null;
  @ApiProperty() reason: string;
  @ApiProperty({ type: String, nullable: true }) from_address: string | null;
  @ApiProperty({ type: String, nullable: true }) user_agent: string | null;
  @ApiProperty({ type: String, nullable: true }) session_id: string | null;
  @ApiProperty({ type: String, nullable: true }) request_id: string | null;
  @ApiProperty({ type: String, nullable: true, description: 'SHA-256, hexadecimal' }) hash: string | null;
}

export class AuditPageResponse {
  @ApiProperty({ type: [AuditRowResponse] }) data: AuditRowResponse[];
  @ApiProperty({ type: String, nullable: true, description: 'Cursor of the next page' }) next: string | null;
}
