import { Body, Controller, Get, HttpCode, Patch, Post, Req, UseGuards } from '@nestjs/common';
import { ApiBody, ApiConsumes, ApiOperation, ApiSecurity, ApiTags } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { KeepsItsKey } from '#libs/idempotency';
import { ApiKeyGuard, type Caller, TenantCaller } from '#libs/tenants';
import { refuse } from '../graph-envelope/refuse.js';
import { BusinessProfile } from './business-profile.js';
import { ChooseNumber } from './choose-number.js';
import { NumberWebhook } from './number-webhook.js';
import { META } from './old-answer.js';
import { RawFiles } from './raw-files.js';

/** Settings of the old API that describe how Paloma always works: they can be read, and set to what they are. */
const FIXED: Readonly<Record<string, unknown>> = {
  callback_persist: true,
  pass_through: false,
  sent_status: true,
};

/** Profile and settings of the number in the words of the old API. */
@ApiTags('360dialog, old')
@ApiSecurity('D360-API-KEY')
@UseGuards(ApiKeyGuard)
@Controller('v1/settings')
export class OldSettingsController {
  constructor(
    private readonly choose: ChooseNumber,
    private readonly profile: BusinessProfile,
    private readonly webhook: NumberWebhook,
    private readonly rawFiles: RawFiles,
  ) {}

  /** The line below the number's name. */
  @ApiOperation({ summary: 'Show about' })
  @Get('profile/about')
  async about(@TenantCaller() caller: Caller, @Req() request: FastifyRequest) {
    const text = await this.profile.about(caller, await this.choose.of(caller, request));
    return { settings: { profile: { about: { text: text ?? '' } } }, meta: META };
  }

  /** Changes it: 1 to 139 characters. */
  @ApiOperation({ summary: 'Change about' })
  @ApiBody({ schema: { example: { text: 'Tea and more' } } })
  @Patch('profile/about')
  async changeAbout(@TenantCaller() caller: Caller, @Req() request: FastifyRequest, @Body() body: unknown) {
    const { text } = fieldsOf(body);
    if (typeof text !== 'string') throw refuse('missing_parameter', 'text: is required.');
    await this.profile.change(caller, await this.choose.of(caller, request), { about: text });
    return { meta: META };
  }

  /** Where Meta keeps the picture; without `photo` there is none. */
  @ApiOperation({ summary: 'Show the picture' })
  @Get('profile/photo')
  async photo(@TenantCaller() caller: Caller, @Req() request: FastifyRequest) {
    const link = await this.profile.photo(caller, await this.choose.of(caller, request));
    return { settings: { profile: link === undefined ? {} : { photo: { link } } }, meta: META };
  }

  /** Sets the picture to the JPEG or PNG that is the body. */
  @ApiOperation({ summary: 'Change the picture' })
  @ApiConsumes('image/jpeg', 'image/png')
  @ApiBody({ schema: { type: 'string', format: 'binary' } })
  @Post('profile/photo')
  // Its body is a file that nobody has read yet; to set the same picture twice does no harm.
  @KeepsItsKey()
  async changePhoto(@TenantCaller() caller: Caller, @Req() request: FastifyRequest) {
    const type = this.rawFiles.typeOf(request);
    await this.profile.changePhoto(caller, await this.choose.of(caller, request), type, request.raw);
    return { meta: META };
  }

  /** Address, description, mail, kind of business and websites. */
  @ApiOperation({ summary: 'Show the business profile' })
  @Get('business/profile')
  async business(@TenantCaller() caller: Caller, @Req() request: FastifyRequest) {
    const profile = await this.profile.business(caller, await this.choose.of(caller, request));
    return { settings: { business: { profile } }, meta: META };
  }

  /** Changes what is named of them. */
  @ApiOperation({ summary: 'Change the business profile' })
  @ApiBody({ schema: { example: { description: 'Tea since 1901', websites: ['https://shop.example'] } } })
  @Post('business/profile')
  @HttpCode(200)
  async changeBusiness(@TenantCaller() caller: Caller, @Req() request: FastifyRequest, @Body() body: unknown) {
    await this.profile.change(caller, await this.choose.of(caller, request), fieldsOf(body));
    return { meta: META };
  }

  /** What can be set of the application: the webhook of the number. */
  @ApiOperation({ summary: 'Show application settings' })
  @Get('application')
  async application(@TenantCaller() caller: Caller, @Req() request: FastifyRequest) {
    const { url } = await this.webhook.show(await this.choose.of(caller, request), 'number');
    return { settings: { application: { ...FIXED, webhooks: { url } } }, meta: META };
  }

  /** Sets the webhook of the number by `webhooks.url`; its extra headers stay. */
  @ApiOperation({ summary: 'Change application settings' })
  @ApiBody({ schema: { example: { webhooks: { url: 'https://shop.example/hook' } } } })
  @Patch('application')
  async changeApplication(@TenantCaller() caller: Caller, @Req() request: FastifyRequest, @Body() body: unknown) {
    const { webhooks, ...rest } = fieldsOf(body);
    const other = Object.keys(rest).filter((name) => !Object.hasOwn(FIXED, name) || FIXED[name] !== rest[name]);
    if (other.length > 0) {
      throw refuse(
        'invalid_parameter',
        `${other.join(', ').slice(0, 200)}: cannot be set here. Set webhooks.url, and leave the rest out.`,
      );
    }
    const chosen = await this.choose.of(caller, request);
    if (webhooks !== undefined) {
      const { headers } = await this.webhook.show(chosen, 'number');
      await this.webhook.set(chosen, 'number', { headers, url: fieldsOf(webhooks).url });
    }
    return { meta: META };
  }
}

const fieldsOf = (body: unknown): Record<string, unknown> =>
  typeof body === 'object' && body !== null && !Array.isArray(body) ? (body as Record<string, unknown>) : {};
