import { ApiProperty } from '@nestjs/swagger';
import { STAFF_ROLES, type StaffRole } from '#libs/staff';

const SECOND_FACTOR = ['proved', 'not_used', 'must_be_added'] as const;

class SignedInResponse {
  @ApiProperty() id: string;
  @ApiProperty() email: string;
  @ApiProperty({ enum: STAFF_ROLES }) role: StaffRole;
}

export class SessionResponse {
  @ApiProperty({ description: 'For the header authorization: Bearer' }) access_token: string;
  @ApiProperty({ example: 'bearer' }) token_type: string;
  @ApiProperty({ description: 'Seconds' }) expires_in: number;
  @ApiProperty({ description: 'For the next token; works once' }) refresh_token: string;
  @ApiProperty({
    enum: SECOND_FACTOR,
    description:
      'must_be_added: until then the token opens nothing but the own account, see POST /admin/v1/second-factor',
  })
  second_factor: (typeof SECOND_FACTOR)[number];
  @ApiProperty({ type: SignedInResponse }) staff: SignedInResponse;
}

export class OpenSessionResponse {
  @ApiProperty() id: string;
  @ApiProperty({ description: 'Whether it is the one that asks' }) current: boolean;
  @ApiProperty({ enum: ['password', 'second-factor', 'oidc'] }) way: string;
  @ApiProperty() agent: string;
  @ApiProperty({ type: String, nullable: true }) from_address: string | null;
  @ApiProperty() created_at: Date;
  @ApiProperty() used_at: Date;
  @ApiProperty() expires_at: Date;
}
export class OpenSessionsResponse {
  @ApiProperty({ type: [OpenSessionResponse] }) data: OpenSessionResponse[];
}
