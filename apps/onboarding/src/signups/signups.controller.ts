import { Body, Controller, Get, Headers, HttpCode, Param, Post, UseGuards } from '@nestjs/common';
import { ApiBearerAuth, ApiBody, ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Refusal } from '#libs/http';
import { isId } from '#libs/ids';
import { Wake } from '#libs/queues';
import { type Caller, TenantCaller, TenantGuard } from '#libs/tenants';
import { RunSignup } from './run-signup.js';
import { BeginSignupRequest, SignupCodeRequest } from './signup.requests.js';
import { SignupResponse, SignupsResponse } from './signup.response.js';
import { parseSignupEvent } from './signup-event.js';
import { type SignupView, signupView } from './signup-view.js';
import { mustBeActive, Signups } from './signups.js';
import { languageFor } from './texts/language.js';

const LISTED = 50;
const idOf = (text: string): string => {
  if (!isId(text)) throw Refusal.notFound('signup');
  return text;
};

/** Signups of the calling tenant. Texts for people come in the language of Accept-Language (en, es, pt). */
@ApiTags('Signups')
@ApiBearerAuth()
@UseGuards(TenantGuard)
@Controller('api/v1/signups')
export class SignupsController {
  constructor(
    private readonly signups: Signups,
    private readonly signup: RunSignup,
    private readonly wake: Wake,
  ) {}

  /** Begins a signup; it then waits for Meta's dialog. */
  @ApiOperation({ summary: 'Begin a signup' })
  @ApiCreatedResponse({ type: SignupResponse })
  @Post()
  async begin(
    @TenantCaller() caller: Caller,
    @Body() _request: BeginSignupRequest,
    @Headers('accept-language') language?: string,
  ): Promise<SignupView> {
    mustBeActive(caller.tenantStatus);
    return signupView(await this.signups.begin(caller.tenantId), languageFor(undefined, language));
  }

  /** The latest signups, newest first. */
  @ApiOperation({ summary: 'List signups' })
  @ApiOkResponse({ type: SignupsResponse })
  @Get()
  async list(
    @TenantCaller() caller: Caller,
    @Headers('accept-language') language?: string,
  ): Promise<{ data: SignupView[] }> {
    const records = await this.signups.list(caller.tenantId, LISTED);
    return { data: records.map((record) => signupView(record, languageFor(undefined, language))) };
  }

  /** The timeline of a signup: each step with what happened, and what happens next. */
  @ApiOperation({ summary: 'Look at a signup' })
  @ApiOkResponse({ type: SignupResponse })
  @Get(':id')
  look(
    @TenantCaller() { tenantId }: Caller,
    @Param('id') id: string,
    @Headers('accept-language') language?: string,
  ): Promise<SignupView> {
    return this.view(tenantId, idOf(id), language);
  }

  /**
   * Hands in the code of Meta's dialog. It lives 30 seconds, so it is exchanged before this answers; the steps after
   * that are done in the background. The same code twice changes nothing.
   */
  @ApiOperation({ summary: 'Hand in the code' })
  @ApiOkResponse({ type: SignupResponse })
  @Post(':id/code')
  @HttpCode(200)
  async code(
    @TenantCaller() { tenantId, tenantStatus }: Caller,
    @Param('id') id: string,
    @Body() { code }: SignupCodeRequest,
    @Headers('accept-language') language?: string,
  ): Promise<SignupView> {
    const signupId = idOf(id);
    mustBeActive(tenantStatus);
    if (await this.signups.takeCode(tenantId, signupId, code)) {
      await this.signup.runNow(tenantId, signupId, 'exchange-code');
      void this.wake.lane('onboarding.signup', { tenantId, signupId });
    }
    return this.view(tenantId, signupId, language);
  }

  /** Hands in the WA_EMBEDDED_SIGNUP message event of Meta's dialog, as it was posted (parsed). */
  @ApiOperation({ summary: 'Hand in the message event' })
  @ApiOkResponse({ type: SignupResponse })
  @ApiBody({
    schema: {
      type: 'object',
      example: {
        type: 'WA_EMBEDDED_SIGNUP',
        event: 'FINISH',
        version: 3,
        data: { waba_id: '1', phone_number_id: '2' },
      },
    },
  })
  @Post(':id/event')
  @HttpCode(200)
  async event(
    @TenantCaller() { tenantId, tenantStatus }: Caller,
    @Param('id') id: string,
    @Body() body: object,
    @Headers('accept-language') language?: string,
  ): Promise<SignupView> {
    const signupId = idOf(id);
    mustBeActive(tenantStatus);
    const event = parseSignupEvent(body);
    if (!event) throw Refusal.invalid('This is no WA_EMBEDDED_SIGNUP event: post the object that Meta’s dialog sent.');
    if (await this.signups.takeEvent(tenantId, signupId, event)) {
      void this.wake.lane('onboarding.signup', { tenantId, signupId });
    }
    return this.view(tenantId, signupId, language);
  }

  /** Tries the step again at which the signup stopped. 409 when only Meta's dialog can help. */
  @ApiOperation({ summary: 'Try again' })
  @ApiOkResponse({ type: SignupResponse })
  @Post(':id/retry')
  @HttpCode(200)
  async retry(
    @TenantCaller() { tenantId, tenantStatus }: Caller,
    @Param('id') id: string,
    @Headers('accept-language') language?: string,
  ): Promise<SignupView> {
    const signupId = idOf(id);
    mustBeActive(tenantStatus);
    if (await this.signups.retry(tenantId, signupId)) {
      void this.wake.lane('onboarding.signup', { tenantId, signupId });
    }
    return this.view(tenantId, signupId, language);
  }

  private async view(tenantId: string, signupId: string, language: string | undefined): Promise<SignupView> {
    return signupView(await this.signups.find(tenantId, signupId), languageFor(undefined, language));
  }
}
