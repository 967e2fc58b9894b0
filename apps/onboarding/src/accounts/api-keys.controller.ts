import { Body, Controller, Delete, Get, Header, HttpCode, Param, Post, UseGuards } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiProperty, ApiTags } from '@nestjs/swagger';
import { IsString, Length } from 'class-validator';
import { Refusal } from '#libs/http';
import { isId } from '#libs/ids';
import { type Caller, TenantCaller, Tenants, TenantUserGuard } from '#libs/tenants';

class MakeApiKeyRequest {
  @ApiProperty({ description: 'For people to tell their keys apart', example: 'Web shop' })
  @IsString()
  @Length(1, 100)
  name: string;
}

/** Keys are made and revoked by a signed-in person, never by another key. */
@ApiTags('API keys')
@ApiBearerAuth()
@UseGuards(TenantUserGuard)
@Controller('api/v1/api-keys')
export class ApiKeysController {
  constructor(private readonly tenants: Tenants) {}

  /** Every key of the tenant, the revoked ones too; of the key itself only its first characters (`hint`). */
  @ApiOperation({ summary: 'List API keys' })
  @Get()
  async list(@TenantCaller() caller: Caller) {
    const keys = await this.tenants.listApiKeys(caller.tenantId);
    return {
      data: keys.map((key) => ({
        id: key.apiKeyId,
        name: key.name,
        hint: key.hint,
        created_at: key.createdAt,
        expires_at: key.expiresAt,
        revoked_at: key.revokedAt,
      })),
    };
  }

  /** Makes a key. `api_key` is shown in this answer only. */
  @ApiOperation({ summary: 'Make an API key' })
  @Post()
  @Header('cache-control', 'no-store')
  async make(@TenantCaller() caller: Caller, @Body() request: MakeApiKeyRequest) {
    if (caller.tenantStatus !== 'active') throw Refusal.forbidden('This account is suspended and cannot make keys.');
    const { apiKeyId, apiKey } = await this.tenants.issueApiKey(caller.tenantId, request.name);
    return { id: apiKeyId, name: request.name, api_key: apiKey };
  }

  /** Revokes a key; every process forgets it within seconds. */
  @ApiOperation({ summary: 'Revoke an API key' })
  @Delete(':id')
  @HttpCode(204)
  async revoke(@TenantCaller() caller: Caller, @Param('id') id: string): Promise<void> {
    if (!isId(id) || !(await this.tenants.revokeApiKey(caller.tenantId, id))) throw Refusal.notFound('live API key');
  }
}
