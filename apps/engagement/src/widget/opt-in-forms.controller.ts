import { Body, Controller, Get, Param, Post, Put, UseGuards } from '@nestjs/common';
import {
  ApiBearerAuth,
  ApiCreatedResponse,
  ApiOkResponse,
  ApiOperation,
  ApiProperty,
  ApiPropertyOptional,
  ApiTags,
} from '@nestjs/swagger';
import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayMinSize,
  IsArray,
  IsBoolean,
  IsObject,
  IsOptional,
  IsString,
  Length,
  Matches,
  ValidateNested,
} from 'class-validator';
import { Refusal, UuidPipe } from '#libs/http';
import { Database, type Tx } from '#libs/persistence';
import { type Caller, TenantCaller, TenantGuard } from '#libs/tenants';
import { Wabas } from '#libs/wabas';
import { makerOf } from '../maker-of.js';
import { chatLink } from './chat-link.js';
import { FORM_LANGUAGES, type FormLanguage, type OwnTexts, textsOf } from './form-texts.js';
import { type OptInForm, OptInForms } from './opt-in-forms.js';

/** Scheme, host and port, and nothing more: what a browser names as its origin. Without TLS only on this machine. */
const ORIGIN = /^(https:\/\/[a-z0-9.-]+(:\d{1,5})?|http:\/\/(localhost|127\.0\.0\.1)(:\d{1,5})?)$/;

class LanguageTextsRequest {
  @ApiPropertyOptional() @IsOptional() @IsString() @Length(1, 120) title?: string;
  @ApiPropertyOptional({ description: 'What visitors agree to; kept with each consent' })
  @IsOptional()
  @IsString()
  @Length(20, 1_000)
  wording?: string;
  @ApiPropertyOptional() @IsOptional() @IsString() @Length(1, 60) button?: string;
  @ApiPropertyOptional() @IsOptional() @IsString() @Length(1, 300) thanks?: string;
}

class TextsRequest {
  @ApiPropertyOptional()
  @IsOptional()
  @IsObject()
  @ValidateNested()
  @Type(() => LanguageTextsRequest)
  es?: LanguageTextsRequest;
  @ApiPropertyOptional()
  @IsOptional()
  @IsObject()
  @ValidateNested()
  @Type(() => LanguageTextsRequest)
  pt?: LanguageTextsRequest;
  @ApiPropertyOptional()
  @IsOptional()
  @IsObject()
  @ValidateNested()
  @Type(() => LanguageTextsRequest)
  en?: LanguageTextsRequest;
}

class OptInFormRequest {
  @ApiProperty() @IsString() @Length(1, 100) name: string;
  @ApiProperty({ description: "Meta's id of the number that customers chat with" }) @IsString() phone_number_id: string;
  @ApiProperty({ type: [String], example: ['https://shop.example'], description: 'Websites that may show it' })
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(20)
  @Matches(ORIGIN, { each: true, message: 'origins must be like https://shop.example, without a path' })
  origins: string[];
  @ApiPropertyOptional({ description: 'Your own words by language; the usual ones otherwise' })
  @IsOptional()
  @IsObject()
  @ValidateNested()
  @Type(() => TextsRequest)
  texts?: TextsRequest;
  @ApiPropertyOptional({
    default: true,
    description: 'Whether it counts only once the customer has sent the message of the chat link (double opt-in)',
  })
  @IsOptional()
  @IsBoolean()
  confirm?: boolean;
  @ApiPropertyOptional({ default: true }) @IsOptional() @IsBoolean() enabled?: boolean;
}

class OptInFormResponse {
  @ApiProperty() id: string;
  @ApiProperty() name: string;
  @ApiProperty() phone_number_id: string;
  @ApiProperty({ type: [String] }) origins: string[];
  @ApiProperty({ type: 'object', additionalProperties: true }) texts: OwnTexts;
  @ApiProperty() confirm: boolean;
  @ApiProperty() enabled: boolean;
  @ApiProperty({ description: 'Path of the script on this server: <script src="…" async></script>' }) script: string;
  @ApiProperty({
    type: 'object',
    properties: Object.fromEntries(FORM_LANGUAGES.map((language) => [language, { type: 'string' }])),
    description:
      'By language: opens the chat without the form. Who sends the message that is ready there has opted in; for a QR code, ' +
      'print the wording beside it',
  })
  chat_links: Record<FormLanguage, string>;
}

class OptInFormsResponse {
  @ApiProperty({ type: [OptInFormResponse] }) data: OptInFormResponse[];
}

@ApiTags('consent')
@ApiBearerAuth()
@UseGuards(TenantGuard)
@Controller('api/v1/consents/forms')
export class OptInFormsController {
  constructor(
    private readonly db: Database,
    private readonly forms: OptInForms,
    private readonly wabas: Wabas,
  ) {}

  /** Opt-in forms of your websites. */
  @Get()
  @ApiOperation({ summary: 'List opt-in forms' })
  @ApiOkResponse({ type: OptInFormsResponse })
  async list(@TenantCaller() { tenantId }: Caller): Promise<OptInFormsResponse> {
    return this.db.inTenant(tenantId, async (tx) => {
      const data: OptInFormResponse[] = [];
      for (const form of await this.forms.list(tx, tenantId)) data.push(await this.view(tx, tenantId, form));
      return { data };
    });
  }

  /** Makes a form for a website: put its script there with one tag. */
  @Post()
  @ApiOperation({ summary: 'Make an opt-in form' })
  @ApiCreatedResponse({ type: OptInFormResponse })
  async make(@TenantCaller() caller: Caller, @Body() request: OptInFormRequest): Promise<OptInFormResponse> {
    const { tenantId } = caller;
    return this.db.inTenant(tenantId, async (tx) => {
      const given = await this.read(tx, tenantId, request);
      return this.view(tx, tenantId, await this.forms.save(tx, tenantId, given, { madeBy: makerOf(caller) }));
    });
  }

  /** Changes a form; websites show it within five minutes. */
  @Put(':id')
  @ApiOperation({ summary: 'Change an opt-in form' })
  @ApiOkResponse({ type: OptInFormResponse })
  async change(
    @TenantCaller() caller: Caller,
    @Param('id', UuidPipe) id: string,
    @Body() request: OptInFormRequest,
  ): Promise<OptInFormResponse> {
    const { tenantId } = caller;
    return this.db.inTenant(tenantId, async (tx) => {
      if (!(await this.forms.find(tx, tenantId, id))) throw Refusal.notFound('form');
      const given = await this.read(tx, tenantId, request);
      return this.view(
        tx,
        tenantId,
        await this.forms.save(tx, tenantId, given, { formId: id, madeBy: makerOf(caller) }),
      );
    });
  }

  private async read(tx: Tx, tenantId: string, request: OptInFormRequest): Promise<Omit<OptInForm, 'formId'>> {
    const { name, origins, texts = {}, confirm = true, enabled = true } = request;
    const number = await this.wabas.phoneNumber(tx, tenantId, { metaPhoneNumberId: request.phone_number_id });
    if (!number) throw Refusal.notFound('number');
    return { name, phoneNumberId: number.phoneNumberId, origins, texts: texts as OwnTexts, confirm, enabled };
  }

  private async view(tx: Tx, tenantId: string, form: OptInForm): Promise<OptInFormResponse> {
    const { formId, name, phoneNumberId, origins, texts, confirm, enabled } = form;
    const number = await this.wabas.phoneNumber(tx, tenantId, { phoneNumberId });
    return {
      id: formId,
      name,
      phone_number_id: number?.metaPhoneNumberId ?? '',
      origins,
      texts,
      confirm,
      enabled,
      script: `/opt-in/${formId}.js`,
      chat_links: chatLinksOf(number?.displayPhoneNumber ?? '', texts),
    };
  }
}

function chatLinksOf(displayPhoneNumber: string, own: OwnTexts): Record<FormLanguage, string> {
  const texts = textsOf(own);
  const links = FORM_LANGUAGES.map((language) => [language, chatLink(displayPhoneNumber, texts[language].greeting)]);
  return Object.fromEntries(links) as Record<FormLanguage, string>;
}
