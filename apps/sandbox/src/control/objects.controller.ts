import { BadRequestException, Body, Controller, Get, HttpCode, NotFoundException, Param, Post } from '@nestjs/common';
import { ApiOperation, ApiPropertyOptional, ApiTags } from '@nestjs/swagger';
import { IsArray, IsBoolean, IsIn, IsInt, IsOptional, IsString, Matches } from 'class-validator';
import { businessView, phoneNumberView, templateView, wabaView } from '../graph/node-views.js';
import { Meta } from '../meta.js';
import type { Json } from '../state/records.js';
import { TEMPLATE_STATUSES, type TemplateStatus } from '../templates/template-desk.js';
import { applyToNumber, MoveNumber, QUALITIES } from './number-moves.js';

const TIER = /^TIER_(\d+K?|UNLIMITED)$/;
const CATEGORIES = ['MARKETING', 'UTILITY', 'AUTHENTICATION'];

class DecideTemplate {
  @ApiPropertyOptional({ enum: TEMPLATE_STATUSES })
  @IsOptional()
  @IsIn(TEMPLATE_STATUSES)
  status?: TemplateStatus;

  @ApiPropertyOptional({ example: 'INVALID_FORMAT' })
  @IsOptional()
  @IsString()
  reason?: string;

  @ApiPropertyOptional({ enum: CATEGORIES })
  @IsOptional()
  @IsIn(CATEGORIES)
  category?: string;

  @ApiPropertyOptional({ enum: CATEGORIES, description: 'A notice: the category will be this one in 24 hours' })
  @IsOptional()
  @IsIn(CATEGORIES)
  correct_category?: string;

  @ApiPropertyOptional({ enum: QUALITIES })
  @IsOptional()
  @IsIn(QUALITIES)
  quality?: string;
}

class NewNumber {
  @ApiPropertyOptional()
  @IsOptional()
  @Matches(/^\d+$/)
  id?: string;

  @ApiPropertyOptional()
  @IsString()
  waba_id: string;

  @ApiPropertyOptional({ example: '+15550001111' })
  @IsOptional()
  @IsString()
  phone_number?: string;

  @ApiPropertyOptional()
  @IsOptional()
  @IsString()
  verified_name?: string;

  @ApiPropertyOptional({ default: true })
  @IsOptional()
  @IsBoolean()
  registered?: boolean;

  @ApiPropertyOptional()
  @IsOptional()
  @Matches(/^\d{6}$/)
  pin?: string;

  @ApiPropertyOptional({ enum: ['STANDARD', 'HIGH'] })
  @IsOptional()
  @IsIn(['STANDARD', 'HIGH'])
  throughput?: 'STANDARD' | 'HIGH';

  @ApiPropertyOptional({ description: 'Also in the WhatsApp Business app' })
  @IsOptional()
  @IsBoolean()
  on_business_app?: boolean;
}

class MovePortfolio {
  @ApiPropertyOptional({ example: 'TIER_2K' })
  @IsOptional()
  @Matches(TIER)
  messaging_limit?: string;

  @ApiPropertyOptional({ example: 'verified' })
  @IsOptional()
  @IsString()
  verification_status?: string;

  @ApiPropertyOptional({ description: 'Billed at the authentication-international rate where there is one' })
  @IsOptional()
  @IsBoolean()
  auth_international?: boolean;
}

class NewPortfolio extends MovePortfolio {
  @ApiPropertyOptional()
  @IsOptional()
  @Matches(/^\d+$/)
  id?: string;

  @ApiPropertyOptional()
  @IsOptional()
  @IsString()
  name?: string;

  @ApiPropertyOptional({ example: 'US' })
  @IsOptional()
  @Matches(/^[A-Z]{2}$/)
  country?: string;
}

class MoveWaba {
  @ApiPropertyOptional({ enum: ['APPROVED', 'REJECTED', 'PENDING', 'DEFERRED'] })
  @IsOptional()
  @IsIn(['APPROVED', 'REJECTED', 'PENDING', 'DEFERRED'])
  review_status?: string;

  @ApiPropertyOptional({ enum: ['DISABLE', 'REINSTATE', 'SCHEDULE_FOR_DISABLE'] })
  @IsOptional()
  @IsIn(['DISABLE', 'REINSTATE', 'SCHEDULE_FOR_DISABLE'])
  ban_state?: string;

  @ApiPropertyOptional({ description: 'Charged messages then fail with 131042' })
  @IsOptional()
  @IsBoolean()
  payment_missing?: boolean;
}

class NewWaba {
  @ApiPropertyOptional()
  @IsOptional()
  @Matches(/^\d+$/)
  id?: string;

  @ApiPropertyOptional()
  @IsOptional()
  @IsString()
  business_id?: string;

  @ApiPropertyOptional()
  @IsOptional()
  @IsString()
  name?: string;

  @ApiPropertyOptional({ example: 'USD' })
  @IsOptional()
  @Matches(/^[A-Z]{3}$/)
  currency?: string;

  @ApiPropertyOptional({ example: 'America/Los_Angeles' })
  @IsOptional()
  @IsString()
  timezone?: string;

  @ApiPropertyOptional({ example: 'US' })
  @IsOptional()
  @Matches(/^[A-Z]{2}$/)
  country?: string;

  @ApiPropertyOptional({ description: 'Subscribe the default app at once' })
  @IsOptional()
  @IsBoolean()
  subscribed?: boolean;
}

class NewTemplate {
  @ApiPropertyOptional()
  @IsOptional()
  @Matches(/^\d+$/)
  id?: string;

  @ApiPropertyOptional()
  @IsString()
  waba_id: string;

  @ApiPropertyOptional()
  @IsString()
  name: string;

  @ApiPropertyOptional({ default: 'en_US' })
  @IsOptional()
  @IsString()
  language?: string;

  @ApiPropertyOptional({ enum: CATEGORIES })
  @IsIn(CATEGORIES)
  category: string;

  @ApiPropertyOptional()
  @IsArray()
  components: Json[];

  @ApiPropertyOptional({ enum: ['POSITIONAL', 'NAMED'], default: 'POSITIONAL' })
  @IsOptional()
  @IsIn(['POSITIONAL', 'NAMED'])
  parameter_format?: 'POSITIONAL' | 'NAMED';

  @ApiPropertyOptional({ enum: TEMPLATE_STATUSES, default: 'APPROVED' })
  @IsOptional()
  @IsIn(TEMPLATE_STATUSES)
  status?: TemplateStatus;
}

class NewToken {
  @ApiPropertyOptional({ description: 'Its text; made up if absent' })
  @IsOptional()
  @IsString()
  value?: string;

  @ApiPropertyOptional({ description: 'What it may touch; absent: everything' })
  @IsOptional()
  @IsArray()
  @IsString({ each: true })
  waba_ids?: string[];

  @ApiPropertyOptional()
  @IsOptional()
  @IsInt()
  expires_in_ms?: number;

  @ApiPropertyOptional()
  @IsOptional()
  @IsString()
  app_id?: string;
}

const given = (values: Record<string, unknown>) =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));

/** What Meta decides about objects, and objects made directly for tests, tools and benchmarks. */
@ApiTags('Control')
@Controller('_sandbox')
export class ObjectsController {
  constructor(private readonly meta: Meta) {}

  private find<K extends 'waba' | 'business' | 'phone_number' | 'template'>(kind: K, id: string) {
    const node = this.meta.world.get(kind, id);
    if (!node) throw new NotFoundException(`there is no ${kind.replace('_', ' ')} ${id}`);
    return node;
  }

  private refuseTaken(id: string | undefined): void {
    if (id !== undefined && this.meta.world.nodes.has(id)) throw new BadRequestException(`the id ${id} is taken`);
  }

  @ApiOperation({ summary: 'Decide about a template, as Meta would' })
  @Post('templates/:id')
  @HttpCode(200)
  decide(@Param('id') id: string, @Body() body: DecideTemplate) {
    const template = this.find('template', id);
    const { correct_category: correctCategory, ...decision } = body;
    this.meta.templates.decide(template, { ...decision, ...(correctCategory ? { correctCategory } : {}) });
    return templateView(this.meta.world, template);
  }

  /** A template without review. */
  @ApiOperation({ summary: 'Make a template without review' })
  @Post('templates')
  @HttpCode(200)
  addTemplate(@Body() body: NewTemplate) {
    this.refuseTaken(body.id);
    this.find('waba', body.waba_id);
    const template = this.meta.world.addTemplate({
      wabaId: body.waba_id,
      name: body.name,
      language: body.language ?? 'en_US',
      category: body.category,
      parameterFormat: body.parameter_format ?? 'POSITIONAL',
      components: body.components,
      status: body.status ?? 'APPROVED',
      ...given({ id: body.id }),
    });
    return templateView(this.meta.world, template);
  }

  @ApiOperation({ summary: 'Show a number, with its code and PIN' })
  @Get('phone_numbers/:id')
  number(@Param('id') id: string) {
    const number = this.find('phone_number', id);
    // The SMS that only the owner of the number would see.
    return { ...this.numberView(id), verification_code: number.code?.value, pin: number.pin };
  }

  @ApiOperation({ summary: 'Move a number: quality, throughput, status, name' })
  @Post('phone_numbers/:id')
  @HttpCode(200)
  moveNumber(@Param('id') id: string, @Body() body: MoveNumber) {
    applyToNumber(this.meta, this.find('phone_number', id), body);
    return this.numberView(id);
  }

  /** A verified number, registered unless asked otherwise. */
  @ApiOperation({ summary: 'Make a number, ready to use' })
  @Post('phone_numbers')
  @HttpCode(200)
  addNumber(@Body() body: NewNumber) {
    this.refuseTaken(body.id);
    const waba = this.find('waba', body.waba_id);
    const phone = body.phone_number ?? this.meta.world.unusedPhone();
    const digits = phone.replace(/\D/g, '');
    if (digits.length < 7 || digits.length > 15) throw new BadRequestException('phone_number is not a phone number');
    if (this.meta.world.phoneByDigits.has(digits)) throw new BadRequestException(`${phone} is already in use`);
    const registered = body.registered ?? true;
    const number = this.meta.world.addPhoneNumber({
      wabaId: waba.id,
      phone,
      verifiedName: body.verified_name ?? waba.name,
      nameStatus: 'APPROVED',
      codeVerificationStatus: 'VERIFIED',
      registered,
      status: registered ? 'CONNECTED' : 'PENDING',
      ...given({
        id: body.id,
        pin: body.pin,
        throughputLevel: body.throughput,
        onBusinessApp: body.on_business_app,
      }),
    });
    return this.numberView(number.id);
  }

  private numberView(id: string): Json {
    const { health_status: _health, ...view } = phoneNumberView(
      { world: this.meta.world },
      this.find('phone_number', id),
    );
    return view;
  }

  @ApiOperation({ summary: 'Move a portfolio: messaging limit, verification' })
  @Post('portfolios/:id')
  @HttpCode(200)
  movePortfolio(@Param('id') id: string, @Body() body: MovePortfolio) {
    const business = this.find('business', id);
    if (body.verification_status !== undefined) business.verificationStatus = body.verification_status;
    if (body.auth_international !== undefined) business.authInternational = body.auth_international;
    if (body.messaging_limit !== undefined && body.messaging_limit !== business.messagingLimit) {
      business.messagingLimit = body.messaging_limit;
      this.meta.emitter.capability(business);
    }
    return businessView(business);
  }

  @ApiOperation({ summary: 'Make a portfolio' })
  @Post('portfolios')
  @HttpCode(200)
  addPortfolio(@Body() body: NewPortfolio) {
    this.refuseTaken(body.id);
    const business = this.meta.world.addPortfolio({
      name: body.name ?? 'Sample Shop',
      ...given({
        id: body.id,
        country: body.country,
        messagingLimit: body.messaging_limit,
        verificationStatus: body.verification_status,
        authInternational: body.auth_international,
      }),
    });
    return businessView(business);
  }

  @ApiOperation({ summary: 'Move an account: ban, review, payment' })
  @Post('wabas/:id')
  @HttpCode(200)
  moveWaba(@Param('id') id: string, @Body() body: MoveWaba) {
    const waba = this.find('waba', id);
    const { emitter, world } = this.meta;
    if (body.payment_missing !== undefined) waba.paymentMissing = body.payment_missing;
    if (body.review_status !== undefined) {
      waba.reviewStatus = body.review_status;
      emitter.account(waba, 'account_review_update', { decision: body.review_status });
    }
    if (body.ban_state !== undefined) {
      if (body.ban_state !== 'SCHEDULE_FOR_DISABLE') {
        for (const numberId of waba.phoneNumberIds) {
          const number = world.get('phone_number', numberId)!;
          if (body.ban_state === 'DISABLE') number.status = 'BANNED';
          else if (number.status === 'BANNED') number.status = number.registered ? 'CONNECTED' : 'PENDING';
        }
      }
      const date = new Date(world.now()).toLocaleDateString('en-US', { dateStyle: 'long', timeZone: 'UTC' });
      emitter.account(waba, 'account_update', {
        event: 'DISABLED_UPDATE',
        ban_info: { waba_ban_state: body.ban_state, waba_ban_date: date },
      });
    }
    return this.wabaView(id);
  }

  /** A WhatsApp Business account, in a new portfolio unless one is named. */
  @ApiOperation({ summary: 'Make a WhatsApp Business account' })
  @Post('wabas')
  @HttpCode(200)
  addWaba(@Body() body: NewWaba) {
    this.refuseTaken(body.id);
    const { world } = this.meta;
    const name = body.name ?? 'Sample Shop';
    const business =
      body.business_id === undefined
        ? world.addPortfolio({ name, ...given({ country: body.country }) })
        : this.find('business', body.business_id);
    const waba = world.addWaba({
      name,
      businessId: business.id,
      ...given({ id: body.id, currency: body.currency, timezone: body.timezone, country: body.country }),
    });
    if (body.subscribed) waba.subscriptions.set(world.app.id, { appId: world.app.id });
    return this.wabaView(waba.id);
  }

  private wabaView(id: string): Json {
    const waba = this.find('waba', id);
    const { health_status: _health, phone_numbers: _numbers, ...view } = wabaView({ world: this.meta.world }, waba);
    return { ...view, business_id: waba.businessId };
  }

  /** An access token. */
  @ApiOperation({ summary: 'Make an access token' })
  @Post('tokens')
  @HttpCode(200)
  addToken(@Body() body: NewToken) {
    const { world } = this.meta;
    const token = world.addToken({
      type: 'SYSTEM_USER',
      appId: body.app_id ?? world.app.id,
      ...given({
        value: body.value,
        wabaIds: body.waba_ids && new Set(body.waba_ids),
        expiresAt: body.expires_in_ms === undefined ? undefined : world.now() + body.expires_in_ms,
      }),
    });
    return { access_token: token.value };
  }
}
