import { Body, Controller, Get, HttpCode, Param, Post, Put } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Refusal } from '#libs/http';
import { isSecretKind, LiveSettings, type MetaAppSetting, type SecretKind } from '#libs/provider-settings';
import { Needs, ReasonRequest, Staff, type StaffCaller } from '#libs/staff';
import { ChangeSetting } from './change-setting.js';
import { META_APP_FIELDS, MetaAppRequest, SecretRequest } from './meta-app.request.js';
import { MetaAppResponse, SecretsResponse } from './meta-app.response.js';
import { MetaSecrets } from './meta-secrets.js';

@ApiTags('settings')
@ApiBearerAuth()
@Controller('admin/v1/settings')
export class MetaAppController {
  constructor(
    private readonly live: LiveSettings,
    private readonly change: ChangeSetting,
    private readonly secrets: MetaSecrets,
  ) {}

  /** What staff changed; null is as the environment of each process says. */
  @Get('meta-app')
  @Needs('settings.read')
  @ApiOperation({ summary: "See the provider's app at Meta" })
  @ApiOkResponse({ type: MetaAppResponse })
  show(): MetaAppResponse {
    const changed = this.live.of('meta-app') ?? {};
    return Object.fromEntries(
      META_APP_FIELDS.map((field) => [field, changed[field] ?? null]),
    ) as unknown as MetaAppResponse;
  }

  /** Changes all of it; what is left out is again as the environment says. Secrets are changed one by one. */
  @Put('meta-app')
  @Needs('secrets.rotate')
  @ApiOperation({ summary: "Change the provider's app at Meta" })
  @ApiOkResponse({ type: MetaAppResponse })
  async replace(@Body() { reason, ...given }: MetaAppRequest, @Staff() staff: StaffCaller): Promise<MetaAppResponse> {
    const value: MetaAppSetting = Object.fromEntries(
      META_APP_FIELDS.flatMap((field) => (given[field] === undefined ? [] : [[field, given[field]]])),
    );
    await this.change.save('meta-app', Object.keys(value).length > 0 ? value : undefined, { staff, reason });
    return this.show();
  }

  /** Secrets that count, by their fingerprints; they themselves are never shown again. */
  @Get('meta-secrets')
  @Needs('settings.read')
  @ApiOperation({ summary: 'See which secrets of the app count' })
  @ApiOkResponse({ type: SecretsResponse })
  async list(): Promise<SecretsResponse> {
    return { data: await this.secrets.all() };
  }

  /**
   * Makes a secret the current one. What it replaces is accepted as well until the overlap is over: webhooks that Meta signed
   * with it before are still delivered.
   */
  @Put('meta-secrets/:kind')
  @Needs('secrets.rotate')
  @ApiOperation({ summary: 'Rotate a secret of the app' })
  @ApiOkResponse({ type: SecretsResponse })
  async rotate(
    @Param('kind') kind: string,
    @Body() { secret, overlap_hours: hours, reason }: SecretRequest,
    @Staff() staff: StaffCaller,
  ): Promise<SecretsResponse> {
    await this.secrets.rotate(kindOf(kind), secret, hours, { staff, reason });
    return this.list();
  }

  /** From now on the current secret alone counts, such as when the old one became known to others. */
  @Post('meta-secrets/:kind/end-overlap')
  @HttpCode(200)
  @Needs('secrets.rotate')
  @ApiOperation({ summary: 'Accept the current secret alone' })
  @ApiOkResponse({ type: SecretsResponse })
  async endOverlap(
    @Param('kind') kind: string,
    @Body() { reason }: ReasonRequest,
    @Staff() staff: StaffCaller,
  ): Promise<SecretsResponse> {
    await this.secrets.endOverlap(kindOf(kind), { staff, reason });
    return this.list();
  }
}

function kindOf(text: string): SecretKind {
  if (!isSecretKind(text)) throw Refusal.notFound('secret');
  return text;
}
