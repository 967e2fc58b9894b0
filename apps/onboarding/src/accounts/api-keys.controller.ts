import { Body, Controller, Delete, Get, Header, HttpCode, Inject, Param, Post, UseGuards } from '@nestjs/common';
import {
  ApiBearerAuth,
  ApiCreatedResponse,
  ApiOkResponse,
  ApiOperation,
  ApiProperty,
  ApiPropertyOptional,
  ApiTags,
} from '@nestjs/swagger';
import {
  ArrayNotEmpty,
  ArrayUnique,
  IsArray,
  IsIn,
  IsInt,
  IsOptional,
  IsString,
  Length,
  Max,
  Min,
} from 'class-validator';
import { CLOCK, type Clock } from '#libs/clock';
import { IsInstant, Refusal } from '#libs/http';
import { isId } from '#libs/ids';
import { Database, type Tx } from '#libs/persistence';
import {
  type ApiKey,
  type Caller,
  KEY_SCOPES,
  type KeyScope,
  TenantCaller,
  Tenants,
  TenantUserGuard,
  UserSessions,
} from '#libs/tenants';
import { Wabas } from '#libs/wabas';
import { ApiKeysResponse, MadeApiKeyResponse, RotatedApiKeyResponse } from './api-key.response.js';

class MakeApiKeyRequest {
  @ApiProperty({ description: 'For people to tell their keys apart', example: 'Web shop' })
  @IsString()
  @Length(1, 100)
  name: string;

  @ApiPropertyOptional({
    description: 'What the key may do; everything when left out',
    enum: KEY_SCOPES,
    isArray: true,
  })
  @IsOptional()
  @IsArray()
  @ArrayNotEmpty()
  @ArrayUnique()
  @IsIn(KEY_SCOPES, { each: true })
  scopes?: KeyScope[];

  @ApiPropertyOptional({ description: 'The only account it reaches (Meta’s id)' })
  @IsOptional()
  @IsString()
  @Length(1, 40)
  waba_id?: string;

  @ApiPropertyOptional({ description: 'The only number it reaches (Meta’s id)' })
  @IsOptional()
  @IsString()
  @Length(1, 40)
  phone_number_id?: string;

  @ApiPropertyOptional({ description: 'When it ends by itself: an instant ahead', example: '2027-01-31T00:00:00Z' })
  @IsOptional()
  @IsInstant()
  expires_at?: string;
}

class RotateRequest {
  @ApiPropertyOptional({
    description: 'Seconds until the old key ends by itself; left out, it works until it is revoked',
  })
  @IsOptional()
  @IsInt()
  @Min(0)
  @Max(30 * 86_400)
  old_ends_in?: number;
}

/** Keys are made and revoked by a signed-in person, never by another key. */
@ApiTags('API keys')
@ApiBearerAuth()
@UseGuards(TenantUserGuard)
@Controller('api/v1/api-keys')
export class ApiKeysController {
  constructor(
    private readonly tenants: Tenants,
    private readonly sessions: UserSessions,
    private readonly wabas: Wabas,
    private readonly db: Database,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** Every key of the tenant, the revoked ones too; of the key itself only its first characters (`hint`). */
  @ApiOperation({ summary: 'List API keys' })
  @ApiOkResponse({ type: ApiKeysResponse })
  @Get()
  async list(@TenantCaller() { tenantId }: Caller) {
    const keys = await this.tenants.listApiKeys(tenantId);
    const [accounts, numbers] = await this.db.inTenant(tenantId, async (tx) => [
      await this.wabas.wabas(tx, tenantId),
      await this.wabas.phoneNumbers(tx, tenantId),
    ]);
    const view = (key: ApiKey) => ({
      id: key.apiKeyId,
      name: key.name,
      hint: key.hint,
      scopes: key.scopes,
      waba_id: accounts.find((w) => w.wabaId === key.wabaId)?.metaWabaId ?? null,
      phone_number_id: numbers.find((n) => n.phoneNumberId === key.phoneNumberId)?.metaPhoneNumberId ?? null,
      replaces: key.rotatedFrom,
      created_at: key.createdAt,
      last_used_at: key.lastUsedAt,
      expires_at: key.expiresAt,
      revoked_at: key.revokedAt,
    });
    return { data: keys.map(view) };
  }

  /** Makes a key. `api_key` is shown in this answer only. */
  @ApiOperation({ summary: 'Make an API key' })
  @ApiCreatedResponse({ type: MadeApiKeyResponse })
  @Post()
  @Header('cache-control', 'no-store')
  async make(@TenantCaller() caller: Caller, @Body() request: MakeApiKeyRequest) {
    if (caller.tenantStatus !== 'active') throw Refusal.forbidden('This account is suspended and cannot make keys.');
    const expiresAt = request.expires_at ? new Date(request.expires_at) : undefined;
    if (expiresAt && expiresAt <= this.clock.now()) {
      throw Refusal.invalid('Check the request.', { expires_at: ['expires_at must be ahead, or the key never works'] });
    }
    const limits = {
      ...(request.scopes ? { scopes: request.scopes } : {}),
      ...(await this.reach(caller.tenantId, request)),
      ...(expiresAt ? { expiresAt } : {}),
    };
    const { apiKeyId, apiKey } = await this.tenants.issueApiKey(
      caller.tenantId,
      request.name,
      limits,
      this.whileSignedIn(caller),
    );
    return { id: apiKeyId, name: request.name, api_key: apiKey };
  }

  /**
   * Makes the successor of a key, with its name and limits, shown in this answer only. Both work at once, so that every
   * client can be changed; then revoke the old one. 409 while two are live already.
   */
  @ApiOperation({ summary: 'Rotate an API key' })
  @ApiCreatedResponse({ type: RotatedApiKeyResponse })
  @Post(':id/rotate')
  @Header('cache-control', 'no-store')
  async rotate(@TenantCaller() caller: Caller, @Param('id') id: string, @Body() { old_ends_in }: RotateRequest) {
    if (!isId(id)) throw Refusal.notFound('live API key');
    if (caller.tenantStatus !== 'active') throw Refusal.forbidden('This account is suspended and cannot make keys.');
    const made = await this.tenants.rotateApiKey(caller.tenantId, id, old_ends_in, this.whileSignedIn(caller));
    if (made === 'no-key') throw Refusal.notFound('live API key');
    if (made === 'has-successor') {
      throw Refusal.conflict('Two keys of this rotation are live already. Revoke the old one first.');
    }
    return { id: made.apiKeyId, replaces: id, api_key: made.apiKey };
  }

  /** Revokes a key, in every process at once. */
  @ApiOperation({ summary: 'Revoke an API key' })
  @Delete(':id')
  @HttpCode(204)
  async revoke(@TenantCaller() caller: Caller, @Param('id') id: string): Promise<void> {
    if (!isId(id) || !(await this.tenants.revokeApiKey(caller.tenantId, id))) throw Refusal.notFound('live API key');
  }

  /** A session that ends while a key is made leaves no key behind. */
  private whileSignedIn({ tenantId, sessionId }: Caller): (tx: Tx) => Promise<void> {
    return (tx) => this.sessions.hold(tx, tenantId, sessionId as string);
  }

  private async reach(
    tenantId: string,
    asked: Pick<MakeApiKeyRequest, 'waba_id' | 'phone_number_id'>,
  ): Promise<{ wabaId?: string; phoneNumberId?: string }> {
    const { waba_id: metaWabaId, phone_number_id: metaPhoneNumberId } = asked;
    return this.db.inTenant(tenantId, async (tx) => {
      if (metaPhoneNumberId) {
        const number = await this.wabas.phoneNumber(tx, tenantId, { metaPhoneNumberId });
        if (!number) throw Refusal.notFound('phone number');
        if (metaWabaId && (await this.wabas.waba(tx, tenantId, { metaWabaId }))?.wabaId !== number.wabaId) {
          throw Refusal.notFound('phone number of that account');
        }
        return { wabaId: number.wabaId, phoneNumberId: number.phoneNumberId };
      }
      if (!metaWabaId) return {};
      const waba = await this.wabas.waba(tx, tenantId, { metaWabaId });
      if (!waba) throw Refusal.notFound('account');
      return { wabaId: waba.wabaId };
    });
  }
}
