import { readFileSync } from 'node:fs';
import { Body, Controller, Get, Headers, HttpCode, Ip, Options, Param, Post, Res } from '@nestjs/common';
import { ApiExcludeController, ApiProperty } from '@nestjs/swagger';
import { Equals, IsIn, IsOptional, IsString, Length, MaxLength } from 'class-validator';
import type { FastifyReply } from 'fastify';
import { Refusal } from '#libs/http';
import { isId } from '#libs/ids';
import { FORM_LANGUAGES, type FormLanguage, textsOf } from './form-texts.js';
import { type OptInForm, OptInForms } from './opt-in-forms.js';
import { TakeOptIn } from './take-opt-in.js';
import { VisitorThrottle } from './visitor-throttle.js';

const SCRIPT = readFileSync(new URL('../../pages/opt-in.js', import.meta.url), 'utf8');
const HERE = '/*FORM*/ null';

class OptInRequest {
  @ApiProperty() @IsString() @Length(5, 40) phone: string;
  /** The box is ticked by the visitor, never by us. */
  @ApiProperty() @Equals(true) agreed: true;
  @ApiProperty({ enum: FORM_LANGUAGES }) @IsIn(FORM_LANGUAGES) language: FormLanguage;
  @ApiProperty() @IsString() @MaxLength(2_000) page: string;
  /** No person sees this field, so whatever fills it in is none. */
  @IsOptional() @IsString() @MaxLength(2_000) website?: string;
}

/** What a shop's website loads, and what its visitors send: without a key, and only from websites that the form names. */
@ApiExcludeController()
@Controller('opt-in')
export class OptInController {
  private readonly throttle = new VisitorThrottle();

  constructor(
    private readonly forms: OptInForms,
    private readonly takeOptIn: TakeOptIn,
  ) {}

  /** The script of a form, with its texts in every language. */
  @Get(':file')
  async script(@Param('file') file: string, @Res() reply: FastifyReply): Promise<void> {
    const { form } = await this.shown(file.replace(/\.js$/, ''));
    const given = JSON.stringify({ id: form.formId, texts: textsOf(form.texts) });
    void reply
      .header('content-type', 'text/javascript; charset=utf-8')
      .header('cache-control', 'public, max-age=300')
      .header('x-content-type-options', 'nosniff')
      .header('cross-origin-resource-policy', 'cross-origin')
      // A function, because a text may hold what `replace` would take for a pattern.
      .send(SCRIPT.replace(HERE, () => given.replaceAll('<', '\\u003c')));
  }

  /** A browser asks before it sends. */
  @Options(':id')
  @HttpCode(204)
  async mayI(
    @Param('id') id: string,
    @Headers('origin') origin: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<void> {
    const { form } = await this.shown(id);
    admit(form, origin, reply);
    void reply.header('access-control-allow-methods', 'POST').header('access-control-allow-headers', 'content-type');
    void reply.header('access-control-max-age', '600');
  }

  /** A visitor sent the form. */
  @Post(':id')
  @HttpCode(200)
  async take(
    @Param('id') id: string,
    @Headers() headers: Record<string, string | undefined>,
    @Ip() ip: string,
    @Body() request: OptInRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<{ state: 'asked' | 'granted'; chat_link: string }> {
    const { tenantId, form } = await this.shown(id);
    const origin = admit(form, headers.origin, reply);
    if (this.throttle.isTooMuch(ip, performance.now())) {
      throw new Refusal(429, 'too_many_requests', 'Too many forms came from here. Try again in a minute.', {
        retryAfterSeconds: 60,
      });
    }
    if (request.website) throw Refusal.invalid('website: must be empty.');
    const { phone, language, page } = request;
    const userAgent = (headers['user-agent'] ?? '').slice(0, 300);
    const { state, chatLink } = await this.takeOptIn.take(tenantId, form, {
      phone,
      language,
      page,
      origin,
      ip,
      userAgent,
    });
    return { state, chat_link: chatLink };
  }

  private async shown(formId: string): Promise<{ tenantId: string; form: OptInForm }> {
    const shown = isId(formId) ? await this.forms.shown(formId) : undefined;
    if (!shown) throw Refusal.notFound('form');
    return shown;
  }
}

/** Lets the browser of a website that the form names read the answer. @throws Refusal 403 for any other */
function admit(form: OptInForm, origin: string | undefined, reply: FastifyReply): string {
  void reply.header('vary', 'origin');
  if (origin === undefined || !form.origins.includes(origin)) {
    throw Refusal.forbidden('This form is not for this website. Add its origin to the form.');
  }
  void reply.header('access-control-allow-origin', origin);
  return origin;
}
