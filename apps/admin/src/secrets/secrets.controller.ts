import { Controller, Get } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiOperation, ApiProperty, ApiTags } from '@nestjs/swagger';
import { Needs } from '#libs/staff';
import { KeyUses } from './key-uses.js';

class KeyResponse {
  @ApiProperty({ example: 'k1' }) id: string;
  @ApiProperty({ description: 'It seals what is written now' }) current: boolean;
  @ApiProperty({ description: 'It is in ENCRYPTION_KEYS; what an unknown one sealed cannot be opened' }) known: boolean;
  @ApiProperty({
    type: 'object',
    additionalProperties: { type: 'integer' },
    example: { 'wabas.sealed_token': 3 },
    description: 'Rows by column',
  })
  uses: Record<string, number>;
  @ApiProperty({ description: 'Nothing needs it any more: take it out of ENCRYPTION_KEYS' }) may_be_dropped: boolean;
}

class KeysResponse {
  @ApiProperty({ type: [KeyResponse] }) data: KeyResponse[];
}

@ApiTags('secrets')
@ApiBearerAuth()
@Controller('admin/v1/secrets')
export class SecretsController {
  constructor(private readonly keys: KeyUses) {}

  /** The keys that seal secrets, by their ids, and where each is still needed. */
  @Get('keys')
  @Needs('secrets.read')
  @ApiOperation({ summary: 'See which encryption keys are still in use' })
  @ApiOkResponse({ type: KeysResponse })
  async list(): Promise<KeysResponse> {
    const data = await this.keys.all();
    return {
      data: data.map((key) => ({ ...key, may_be_dropped: !key.current && Object.keys(key.uses).length === 0 })),
    };
  }
}
