import { Body, Controller, Delete, Get, Headers, HttpCode, Param, Post, Query, UseGuards } from '@nestjs/common';
import { ApiBearerAuth, ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Refusal } from '#libs/http';
import { type Caller, reaches, TenantCaller, TenantGuard } from '#libs/tenants';
import { FollowProofs } from '../signups/follow-proofs.js';
import { languageFor } from '../signups/texts/language.js';
import {
  ChatLinkResponse,
  JudgedNumberResponse,
  LeavingResponse,
  NumberResponse,
  NumbersResponse,
  QrCodeResponse,
  QrCodesResponse,
} from './number.response.js';
import { NumberCommands } from './number-commands.js';
import { NumberLinks } from './number-links.js';
import type { KnownNumber } from './number-store.js';
import { Numbers } from './numbers.js';
import {
  AddNumberRequest,
  ChatLinkRequest,
  CodeRequest,
  JudgeNumberRequest,
  MakeQrRequest,
  NameRequest,
  PinRequest,
  RegisterRequest,
  VerifyRequest,
} from './numbers.requests.js';
import { VERDICT_TEXTS } from './verdict-texts.js';

const view = ({ number, waba, care }: KnownNumber) => ({
  id: number.metaPhoneNumberId,
  waba_id: waba.metaWabaId,
  display_phone_number: number.displayPhoneNumber,
  state: care.state,
  status: number.status,
  display_name: number.verifiedName,
  name_status: number.nameStatus,
  new_display_name: number.newDisplayName,
  new_name_status: number.newNameStatus,
  quality_rating: number.qualityRating,
  code_status: number.codeStatus,
  coexistence: number.coexistence,
  migrates: care.migrates,
  official: number.official,
  data_localization_region: number.dataRegion,
  wrong_codes: care.wrongCodes,
  registrations_in_72_h: number.registrations.length,
  // The last of them; ISO times sort as they follow each other.
  wait_until: Object.values(care.waits).sort().at(-1) ?? null,
  waits: care.waits,
  has_pin: number.sealedPin !== null,
});

/** Numbers on their way to the Cloud API and after it. `id` is Meta's id of the number. */
@ApiTags('Numbers')
@ApiBearerAuth()
@UseGuards(TenantGuard)
@Controller('api/v1/numbers')
export class NumbersController {
  constructor(
    private readonly numbers: Numbers,
    private readonly commands: NumberCommands,
    private readonly links: NumberLinks,
    private readonly proofs: FollowProofs,
  ) {}

  /** The numbers of the tenant, or those that the key is for, and where each is. */
  @ApiOperation({ summary: 'List numbers' })
  @ApiOkResponse({ type: NumbersResponse })
  @Get()
  async list(@TenantCaller() caller: Caller) {
    const all = await this.numbers.list(caller.tenantId);
    return { data: all.filter(({ number }) => reaches(caller, number)).map(view) };
  }

  /** Whether a number could be connected, and why not; Meta is not asked. */
  @ApiOperation({ summary: 'Judge a number' })
  @ApiOkResponse({ type: JudgedNumberResponse })
  @Post('check')
  @HttpCode(200)
  async check(
    @TenantCaller() { tenantId }: Caller,
    @Body() { phone, used_in }: JudgeNumberRequest,
    @Headers('accept-language') language?: string,
  ) {
    const judged = await this.numbers.judge(tenantId, phone, used_in);
    return {
      eligible: judged.ok,
      verdict: judged.verdict,
      text: VERDICT_TEXTS[languageFor(undefined, language)][judged.verdict],
      phone: judged.phone ?? null,
      country: judged.country ?? null,
      methods: judged.methods,
    };
  }

  /** Adds a number to an account; `migrate` brings it from another provider. */
  @ApiOperation({ summary: 'Add a number' })
  @ApiCreatedResponse({ type: NumberResponse })
  @Post()
  async add(
    @TenantCaller() caller: Caller,
    @Body() request: AddNumberRequest,
    @Headers('accept-language') language?: string,
  ) {
    const { tenantId } = active(caller);
    const migrate = request.migrate ?? false;
    const judged = await this.numbers.judge(tenantId, request.phone, migrate ? 'another-provider' : undefined);
    if (!judged.ok || !judged.phone) {
      throw new Refusal(422, judged.verdict, VERDICT_TEXTS[languageFor(undefined, language)][judged.verdict]);
    }
    return view(
      await this.numbers.add(tenantId, {
        metaWabaId: request.waba_id,
        phone: judged.phone,
        displayName: request.display_name.trim(),
        migrate,
      }),
    );
  }

  /** One number; `?refresh=true` asks Meta first. */
  @ApiOperation({ summary: 'Look at a number' })
  @ApiOkResponse({ type: NumberResponse })
  @Get(':id')
  async look(@TenantCaller() { tenantId }: Caller, @Param('id') id: string, @Query('refresh') refresh?: string) {
    if (refresh !== 'true') return view(await this.numbers.find(tenantId, id));
    const known = await this.numbers.refresh(tenantId, id);
    await this.proofs.follow(known.number);
    return view(known);
  }

  /** Has Meta send a code to the number by text message or call. 429 when too many were asked for. */
  @ApiOperation({ summary: 'Ask for a code' })
  @ApiOkResponse({ type: NumberResponse })
  @Post(':id/code')
  @HttpCode(200)
  async code(@TenantCaller() caller: Caller, @Param('id') id: string, @Body() { method, language }: CodeRequest) {
    return view(await this.commands.requestCode(active(caller).tenantId, id, method, language ?? 'en_US'));
  }

  /** Proves with the code that the number is the merchant's. */
  @ApiOperation({ summary: 'Verify a number' })
  @ApiOkResponse({ type: NumberResponse })
  @Post(':id/verify')
  @HttpCode(200)
  async verify(@TenantCaller() caller: Caller, @Param('id') id: string, @Body() { code }: VerifyRequest) {
    const { tenantId } = active(caller);
    const known = await this.commands.verify(tenantId, id, code.replace(/\D/g, ''));
    // Meta has just agreed, whether or not it shows so by now.
    await this.proofs.follow({ ...known.number, codeStatus: 'VERIFIED' });
    return view(known);
  }

  /** Registers the number for the Cloud API. Ten registrations and deregistrations are possible in 72 hours. */
  @ApiOperation({ summary: 'Register a number' })
  @ApiOkResponse({ type: NumberResponse })
  @Post(':id/register')
  @HttpCode(200)
  async register(@TenantCaller() caller: Caller, @Param('id') id: string, @Body() request: RegisterRequest) {
    const { pin, data_localization_region: dataRegion } = request;
    return view(
      await this.commands.register(active(caller).tenantId, id, {
        ...(pin ? { pin } : {}),
        ...(dataRegion ? { dataRegion } : {}),
      }),
    );
  }

  /** Takes the number off the Cloud API; it keeps its history and can be registered again. */
  @ApiOperation({ summary: 'Deregister a number' })
  @ApiOkResponse({ type: NumberResponse })
  @Post(':id/deregister')
  @HttpCode(200)
  async deregister(@TenantCaller() caller: Caller, @Param('id') id: string) {
    return view(await this.commands.deregister(active(caller).tenantId, id));
  }

  /** Changes the two-step PIN. Only WhatsApp Manager can switch it off. */
  @ApiOperation({ summary: 'Change the PIN' })
  @ApiOkResponse({ type: NumberResponse })
  @Post(':id/pin')
  @HttpCode(200)
  async pin(@TenantCaller() caller: Caller, @Param('id') id: string, @Body() { pin }: PinRequest) {
    return view(await this.commands.setPin(active(caller).tenantId, id, pin));
  }

  /** Asks Meta for another display name; once it is approved the number is registered again by itself. */
  @ApiOperation({ summary: 'Ask for a display name' })
  @ApiOkResponse({ type: NumberResponse })
  @Post(':id/display-name')
  @HttpCode(200)
  async rename(@TenantCaller() caller: Caller, @Param('id') id: string, @Body() { name }: NameRequest) {
    return view(await this.commands.rename(active(caller).tenantId, id, name.trim()));
  }

  /** What has to be so before another provider can take the number (Meta, migrating phone numbers, 2025-11-26). */
  @ApiOperation({ summary: 'See what moving away needs' })
  @ApiOkResponse({ type: LeavingResponse })
  @Get(':id/leaving')
  async leaving(@TenantCaller() { tenantId }: Caller, @Param('id') id: string) {
    const { number, waba, care } = await this.numbers.find(tenantId, id);
    return {
      state: care.state,
      conditions: [
        {
          what: 'two_step_pin_off',
          met: null,
          how: 'Switch two-step verification off in WhatsApp Manager; Meta lets nobody do it by API.',
        },
        { what: 'display_name_approved', met: number.nameStatus === 'APPROVED' && number.newDisplayName === null },
        { what: 'account_approved', met: waba.reviewStatus === null ? null : waba.reviewStatus === 'APPROVED' },
        { what: 'not_in_the_app', met: !number.coexistence },
        {
          what: 'same_business_verified',
          met: waba.verificationStatus === null ? null : waba.verificationStatus === 'verified',
        },
      ],
    };
  }

  /** Gives the number up here; one that is live is deregistered first. */
  @ApiOperation({ summary: 'Release a number' })
  @Delete(':id')
  @HttpCode(204)
  async release(@TenantCaller() caller: Caller, @Param('id') id: string): Promise<void> {
    await this.commands.release(active(caller).tenantId, id);
  }

  /** The address that opens a chat with the number, for a website; with a text ready to send. */
  @ApiOperation({ summary: 'Make a click-to-chat link' })
  @ApiOkResponse({ type: ChatLinkResponse })
  @Get(':id/chat-link')
  async chatLink(@TenantCaller() { tenantId }: Caller, @Param('id') id: string, @Query() { text }: ChatLinkRequest) {
    return { url: await this.links.chatLink(tenantId, id, text) };
  }

  /** The QR codes of the number. */
  @ApiOperation({ summary: 'List QR codes' })
  @ApiOkResponse({ type: QrCodesResponse })
  @Get(':id/qr-codes')
  async qrCodes(@TenantCaller() { tenantId }: Caller, @Param('id') id: string) {
    return { data: await this.links.list(tenantId, id) };
  }

  /** Makes a QR code with its short link; its text can be changed later without another picture. */
  @ApiOperation({ summary: 'Make a QR code' })
  @ApiCreatedResponse({ type: QrCodeResponse })
  @Post(':id/qr-codes')
  async makeQr(@TenantCaller() caller: Caller, @Param('id') id: string, @Body() { text, image }: MakeQrRequest) {
    return this.links.make(active(caller).tenantId, id, text, image);
  }

  /** Deletes a QR code; its link leads nowhere then. */
  @ApiOperation({ summary: 'Delete a QR code' })
  @Delete(':id/qr-codes/:code')
  @HttpCode(204)
  async removeQr(@TenantCaller() caller: Caller, @Param('id') id: string, @Param('code') code: string): Promise<void> {
    await this.links.remove(active(caller).tenantId, id, code);
  }
}

function active(caller: Caller): Caller {
  if (caller.tenantStatus !== 'active') throw Refusal.forbidden('This account is suspended and cannot change numbers.');
  return caller;
}
