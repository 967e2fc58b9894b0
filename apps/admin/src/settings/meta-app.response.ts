import { ApiProperty } from '@nestjs/swagger';
import { SECRET_KINDS, type SecretKind } from '#libs/provider-settings';

export class MetaAppResponse {
  @ApiProperty({ type: String, nullable: true }) app_id: string | null;
  @ApiProperty({ type: String, nullable: true }) signup_config_id: string | null;
  @ApiProperty({ type: String, nullable: true }) system_user_id: string | null;
  @ApiProperty({ type: String, nullable: true }) business_id: string | null;
  @ApiProperty({ type: String, nullable: true }) credit_line_id: string | null;
}

export class SecretResponse {
  @ApiProperty({ enum: Object.keys(SECRET_KINDS) }) kind: SecretKind;
  @ApiProperty() means: string;
  @ApiProperty({ enum: ['staff', 'environment'] }) from: 'staff' | 'environment';
  @ApiProperty({
    type: String,
    nullable: true,
    description: 'The first 8 hexadecimals of its SHA-256; null where this process was not given it',
  })
  fingerprint: string | null;
  @ApiProperty({ description: 'It is the one that we prove ourselves with' }) current: boolean;
  @ApiProperty({ type: Date, nullable: true }) since: Date | null;
  @ApiProperty({ type: Date, nullable: true, description: 'Until then what it replaced is accepted as well' })
  overlap_until: Date | null;
}

export class SecretsResponse {
  @ApiProperty({ type: [SecretResponse], description: 'Those that count now, the current one of a kind first' })
  data: SecretResponse[];
}
