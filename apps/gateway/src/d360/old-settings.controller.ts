import { Body, Get, HttpCode, Patch, Post, Req } from '@nestjs/common';
import { ApiBody, ApiConsumes, ApiOperation } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { KeepsItsKey, type Once, OnceKey } from '#libs/idempotency';
import { type Caller, TenantCaller } from '#libs/tenants';
import { refuse } from '../graph-envelope/refuse.js';
import { BusinessProfile } from './business-profile.js';
import type { ChosenNumber } from './choose-number.js';
import { Chosen, D360Api } from './d360-api.js';
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
@D360Api('360dialog, old', 'v1/settings')
export class OldSettingsController {
  constructor(
    private readonly profile: BusinessProfile,
    private readonly webhook: NumberWebhook,
    private readonly rawFiles: RawFiles,
  ) {}

  /** The line below the number's name. */
  @ApiOperation({ summary: 'Show about' })
  @Get('profile/about')
  async about(@TenantCaller() caller: Caller, @Chosen() chosen: ChosenNumber) {
    const text = await this.profile.about(caller, chosen);
    return { settings: { profile: { about: { text: text ?? '' } } }, meta: META };
  }

  /** Changes it: 1 to 139 characters. */
  @ApiOperation({ summary: 'Change about' })
  @ApiBody({ schema: { example: { text: 'Tea and more' } } })
  @Patch('profile/about')
  async changeAbout(@TenantCaller() caller: Caller, @Chosen() chosen: ChosenNumber, @Body() body: unknown) {
    const { text } = fieldsOf(body);
    if (typeof text !== 'string') throw refuse('missing_parameter', 'text: is required.');
    await this.profile.change(caller, chosen, { about: text });
    return { meta: META };
  }

  /** Where Meta keeps the picture; without `photo` there is none. */
  @ApiOperation({ summary: 'Show the picture' })
  @Get('profile/photo')
  async photo(@TenantCaller() caller: Caller, @Chosen() chosen: ChosenNumber) {
    const link = await this.profile.photo(caller, chosen);
    return { settings: { profile: link === undefined ? {} : { photo: { link } } }, meta: META };
  }

  /** Sets the picture to the JPEG or PNG that is the body. */
  @ApiOperation({ summary: 'Change the picture' })
  @ApiConsumes('image/jpeg', 'image/png')
  @ApiBody({ schema: { type: 'string', format: 'binary' } })
  @Post('profile/photo')
  // Its body is a file that nobody has read yet: the call is named by its bytes when they are here.
  @KeepsItsKey()
  async changePhoto(
    @TenantCaller() caller: Caller,
    @Chosen() chosen: ChosenNumber,
    @Req() request: FastifyRequest,
    @OnceKey() once?: Once,
  ) {
    const type = this.rawFiles.typeOf(request);
    await this.profile.changePhoto(caller, chosen, type, request.raw, once);
    return { meta: META };
  }

  /** Address, description, mail, kind of business and websites. */
  @ApiOperation({ summary: 'Show the business profile' })
  @Get('business/profile')
  async business(@TenantCaller() caller: Caller, @Chosen() chosen: ChosenNumber) {
    const profile = await this.profile.business(caller, chosen);
    return { settings: { business: { profile } }, meta: META };
  }

  /** Changes what is named of them. */
  @ApiOperation({ summary: 'Change the business profile' })
  @ApiBody({ schema: { example: { description: 'Tea since 1901', websites: ['https://shop.example'] } } })
  @Post('business/profile')
  @HttpCode(200)
  async changeBusiness(@TenantCaller() caller: Caller, @Chosen() chosen: ChosenNumber, @Body() body: unknown) {
    await this.profile.change(caller, chosen, fieldsOf(body));
    return { meta: META };
  }

  /** What can be set of the application: the webhook of the number. */
  @ApiOperation({ summary: 'Show application settings' })
  @Get('application')
  async application(@Chosen() chosen: ChosenNumber) {
    const { url } = await this.webhook.show(chosen, 'number');
    return { settings: { application: { ...FIXED, webhooks: { url } } }, meta: META };
  }

  /** Sets the webhook of the number by `webhooks.url`; its extra headers stay. */
  @ApiOperation({ summary: 'Change application settings' })
  @ApiBody({ schema: { example: { webhooks: { url: 'https://shop.example/hook' } } } })
  @Patch('application')
  async changeApplication(@Chosen() chosen: ChosenNumber, @Body() body: unknown) {
    const { webhooks, ...rest } = fieldsOf(body);
    const other = Object.keys(rest).filter((name) => !Object.hasOwn(FIXED, name) || FIXED[name] !== rest[name]);
    if (other.length > 0) {
      throw refuse(
        'invalid_parameter',
        `${other.join(', ').slice(0, 200)}: cannot be set here. Set webhooks.url, and leave the rest out.`,
      );
    }
    if (webhooks !== undefined) {
      const { headers } = await this.webhook.show(chosen, 'number');
      await this.webhook.set(chosen, 'number', { headers, url: fieldsOf(webhooks).url });
    }
    return { meta: META };
  }
}

const fieldsOf = (body: unknown): Record<string, unknown> =>
  typeof body === 'object' && body !== null && !Array.isArray(body) ? (body as Record<string, unknown>) : {};
