import { Body, Controller, Delete, Get, HttpCode, Param, Post, Query, Req, UseGuards } from '@nestjs/common';
import { ApiBearerAuth, ApiBody, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { loadConfig } from '#libs/config';
import { ApiKeyGuard, type Caller, keyOf, TenantCaller } from '#libs/tenants';
import { givenParameters } from '../graph-envelope/given-parameters.js';
import { pagesOfOurs } from '../graph-list/graph-page.js';
import { MoveToCloud } from '../on-premises/move-to-cloud.js';
import { AskMeta, type NumberCall } from './ask-meta.js';
import { RegisterNumber } from './register-number.js';

type Asked = Record<string, unknown>;

/** What Meta keeps of a number: asked of Meta with our token, answered as Meta answers. */
@ApiTags('Numbers (Cloud API)')
@ApiBearerAuth()
@UseGuards(ApiKeyGuard)
@Controller(':phoneNumberId')
export class NumberCallsController {
  private readonly publicUrl = loadConfig(['PUBLIC_URL']).PUBLIC_URL;

  constructor(
    private readonly registration: RegisterNumber,
    private readonly move: MoveToCloud,
    private readonly meta: AskMeta,
  ) {}

  /**
   * Registers the number for the Cloud API. Its PIN is kept sealed; without `pin` the one that we hold is used. A number
   * on an On-Premises client moves, without a new code.
   */
  @ApiOperation({ summary: 'Register the number' })
  @ApiBody({ schema: { example: { messaging_product: 'whatsapp', pin: '123456' } } })
  @Post('register')
  @HttpCode(200)
  register(
    @TenantCaller() caller: Caller,
    @Param('phoneNumberId') id: string,
    @Query() query: Asked,
    @Body() body: unknown,
  ) {
    return this.move.register(caller, id, givenParameters(query, body));
  }

  /** Takes the number off the Cloud API; it sends nothing until it is registered again. */
  @ApiOperation({ summary: 'Deregister the number' })
  @Post('deregister')
  @HttpCode(200)
  deregister(
    @TenantCaller() caller: Caller,
    @Param('phoneNumberId') id: string,
    @Query() query: Asked,
    @Body() body: unknown,
  ) {
    return this.registration.take(caller, id, 'deregister', givenParameters(query, body));
  }

  /** Has Meta send a verification code to the number, by SMS or voice. */
  @ApiOperation({ summary: 'Ask for a verification code' })
  @ApiBody({ schema: { example: { code_method: 'SMS', language: 'en_US' } } })
  @Post('request_code')
  @HttpCode(200)
  requestCode(
    @TenantCaller() caller: Caller,
    @Param('phoneNumberId') id: string,
    @Query() query: Asked,
    @Body() body: unknown,
  ) {
    return this.registration.take(caller, id, 'request_code', givenParameters(query, body));
  }

  /** Proves with the code that the number is the caller's. */
  @ApiOperation({ summary: 'Verify the number' })
  @ApiBody({ schema: { example: { code: '123456' } } })
  @Post('verify_code')
  @HttpCode(200)
  verifyCode(
    @TenantCaller() caller: Caller,
    @Param('phoneNumberId') id: string,
    @Query() query: Asked,
    @Body() body: unknown,
  ) {
    return this.registration.take(caller, id, 'verify_code', givenParameters(query, body));
  }

  /** What customers see of the business. */
  @ApiOperation({ summary: 'Show the business profile' })
  @Get('whatsapp_business_profile')
  profile(@TenantCaller() caller: Caller, @Param('phoneNumberId') id: string, @Query() query: Asked) {
    return this.ask(caller, id, { method: 'GET', edge: 'whatsapp_business_profile', query });
  }

  /** Changes what customers see of the business. */
  @ApiOperation({ summary: 'Change the business profile' })
  @ApiBody({ schema: { example: { messaging_product: 'whatsapp', about: 'Tea and more' } } })
  @Post('whatsapp_business_profile')
  @HttpCode(200)
  changeProfile(
    @TenantCaller() caller: Caller,
    @Param('phoneNumberId') id: string,
    @Query() query: Asked,
    @Body() body: unknown,
  ) {
    return this.ask(caller, id, { method: 'POST', edge: 'whatsapp_business_profile', query, body });
  }

  /** Settings of the number at Meta: calling, storage, identity checks. */
  @ApiOperation({ summary: 'Show settings' })
  @Get('settings')
  settings(@TenantCaller() caller: Caller, @Param('phoneNumberId') id: string, @Query() query: Asked) {
    return this.ask(caller, id, { method: 'GET', edge: 'settings', query });
  }

  /** Changes settings of the number at Meta. */
  @ApiOperation({ summary: 'Change settings' })
  @ApiBody({ schema: { type: 'object', additionalProperties: true } })
  @Post('settings')
  @HttpCode(200)
  changeSettings(
    @TenantCaller() caller: Caller,
    @Param('phoneNumberId') id: string,
    @Query() query: Asked,
    @Body() body: unknown,
  ) {
    return this.ask(caller, id, { method: 'POST', edge: 'settings', query, body });
  }

  /** The customers whom the number has blocked. */
  @ApiOperation({ summary: 'List blocked customers' })
  @Get('block_users')
  blocked(
    @TenantCaller() caller: Caller,
    @Param('phoneNumberId') id: string,
    @Query() query: Asked,
    @Req() request: FastifyRequest,
  ) {
    return this.list(caller, id, { method: 'GET', edge: 'block_users', query }, request);
  }

  /** Blocks customers; only those who wrote in the last 24 hours can be. */
  @ApiOperation({ summary: 'Block customers' })
  @ApiBody({ schema: { example: { messaging_product: 'whatsapp', block_users: [{ user: '+16505551234' }] } } })
  @Post('block_users')
  @HttpCode(200)
  block(
    @TenantCaller() caller: Caller,
    @Param('phoneNumberId') id: string,
    @Query() query: Asked,
    @Body() body: unknown,
  ) {
    return this.ask(caller, id, { method: 'POST', edge: 'block_users', query, body });
  }

  /** Lets blocked customers write again. */
  @ApiOperation({ summary: 'Unblock customers' })
  @ApiBody({ schema: { example: { messaging_product: 'whatsapp', block_users: [{ user: '+16505551234' }] } } })
  @Delete('block_users')
  unblock(
    @TenantCaller() caller: Caller,
    @Param('phoneNumberId') id: string,
    @Query() query: Asked,
    @Body() body: unknown,
  ) {
    return this.ask(caller, id, { method: 'DELETE', edge: 'block_users', query, body });
  }

  /** The QR codes and short links of the number. */
  @ApiOperation({ summary: 'List QR codes' })
  @Get('message_qrdls')
  qrCodes(
    @TenantCaller() caller: Caller,
    @Param('phoneNumberId') id: string,
    @Query() query: Asked,
    @Req() request: FastifyRequest,
  ) {
    return this.list(caller, id, { method: 'GET', edge: 'message_qrdls', query }, request);
  }

  /** Makes a QR code, or changes the one whose `code` is given. */
  @ApiOperation({ summary: 'Make or change a QR code' })
  @ApiBody({ schema: { example: { prefilled_message: 'I have a question', generate_qr_image: 'PNG' } } })
  @Post('message_qrdls')
  @HttpCode(200)
  makeQrCode(
    @TenantCaller() caller: Caller,
    @Param('phoneNumberId') id: string,
    @Query() query: Asked,
    @Body() body: unknown,
  ) {
    return this.ask(caller, id, { method: 'POST', edge: 'message_qrdls', query, body });
  }

  /** One QR code. */
  @ApiOperation({ summary: 'Show a QR code' })
  @Get('message_qrdls/:code')
  qrCode(
    @TenantCaller() caller: Caller,
    @Param('phoneNumberId') id: string,
    @Param('code') code: string,
    @Query() query: Asked,
  ) {
    return this.ask(caller, id, { method: 'GET', edge: `message_qrdls/${encodeURIComponent(code)}`, query });
  }

  /** Deletes a QR code; its links lead nowhere then. */
  @ApiOperation({ summary: 'Delete a QR code' })
  @Delete('message_qrdls/:code')
  removeQrCode(
    @TenantCaller() caller: Caller,
    @Param('phoneNumberId') id: string,
    @Param('code') code: string,
    @Query() query: Asked,
  ) {
    return this.ask(caller, id, { method: 'DELETE', edge: `message_qrdls/${encodeURIComponent(code)}`, query });
  }

  private async list(caller: Caller, id: string, call: NumberCall, request: FastifyRequest): Promise<unknown> {
    const { publicUrl } = this;
    return pagesOfOurs(await this.ask(caller, id, call), { request, publicUrl, key: keyOf(request) ?? '' });
  }

  private async ask(caller: Caller, id: string, call: NumberCall): Promise<unknown> {
    if (call.method !== 'GET') this.meta.requireActive(caller);
    return this.meta.call(await this.meta.reach(caller, id), call);
  }
}
