import { BadRequestException, Body, Controller, Get, HttpCode, Post } from '@nestjs/common';
import { ApiOperation, ApiProperty, ApiPropertyOptional, ApiTags } from '@nestjs/swagger';
import { IsOptional, IsString, IsUrl } from 'class-validator';
import { Meta } from '../meta.js';

class AppInput {
  @ApiProperty()
  @IsString()
  id: string;

  @ApiPropertyOptional({ description: 'Needed for a new app' })
  @IsOptional()
  @IsString()
  secret?: string;

  @ApiPropertyOptional()
  @IsOptional()
  @IsUrl({ require_tld: false })
  callback_url?: string;
}

@ApiTags('Control')
@Controller('_sandbox')
export class AppsController {
  constructor(private readonly meta: Meta) {}

  /** What a partner needs to begin with. */
  @ApiOperation({ summary: 'Show what there is' })
  @Get('state')
  state() {
    const { world, outbox } = this.meta;
    return {
      now: new Date(world.now()).toISOString(),
      app_id: world.app.id,
      callback_url: world.app.callbackUrl,
      business_id: world.partner.id,
      credit_line_id: world.creditLine.id,
      system_user_id: world.systemUser.id,
      system_user_token: world.config.systemUserToken,
      portfolios: Array.from(world.all('business'), ({ id, name }) => ({ id, name })),
      wabas: Array.from(world.all('waba'), ({ id, name, businessId }) => ({ id, name, business_id: businessId })),
      phone_numbers: Array.from(world.all('phone_number'), (number) => ({
        id: number.id,
        waba_id: number.wabaId,
        display_phone_number: number.displayPhoneNumber,
        status: number.status,
      })),
      messages: world.messages.size,
      timers: world.clock.waiting,
      webhooks_pending: outbox.pending,
    };
  }

  /** Makes an app, or changes the callback of one without the handshake. */
  @ApiOperation({ summary: 'Make or change an app' })
  @Post('apps')
  @HttpCode(200)
  put(@Body() body: AppInput) {
    const { world } = this.meta;
    const app = world.get('app', body.id);
    if (app) {
      if (body.secret !== undefined) app.secret = body.secret;
      if (body.callback_url !== undefined) app.callbackUrl = body.callback_url;
      return { id: app.id, callback_url: app.callbackUrl };
    }
    if (!body.secret) throw new BadRequestException('secret is needed for a new app');
    const made = world.addApp({
      id: body.id,
      secret: body.secret,
      name: body.id,
      verifyToken: '',
      callbackUrl: body.callback_url,
    });
    return { id: made.id, callback_url: made.callbackUrl };
  }
}
