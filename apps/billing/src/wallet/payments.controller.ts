import { Controller, Headers, HttpCode, Inject, Post, type RawBodyRequest, Req } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { SystemClock } from '#libs/clock';
import { Refusal } from '#libs/http';
import { Disputes } from './disputes.js';
import { NotSignedError, PAYMENT_PROVIDER, type PaymentProvider } from './payment-provider.js';
import { TopUps } from './top-ups.js';

@ApiTags('payments')
@Controller('payments/stripe/webhooks')
export class PaymentsController {
  // Stripe's clock is the world's, also where ours follows the sandbox.
  private readonly worldClock = new SystemClock();

  constructor(
    @Inject(PAYMENT_PROVIDER) private readonly payments: PaymentProvider,
    private readonly topUps: TopUps,
    private readonly disputes: Disputes,
  ) {}

  /** Stripe reports payments here. The signature is the key; a report that comes twice counts once. */
  @Post()
  @HttpCode(200)
  @ApiOperation({ summary: "Stripe's webhook" })
  @ApiOkResponse({ schema: { type: 'object', properties: { received: { type: 'boolean' } } } })
  async report(
    @Req() request: RawBodyRequest<FastifyRequest>,
    @Headers('stripe-signature') signature?: string,
  ): Promise<{ received: true }> {
    const report = await this.read(request.rawBody ?? Buffer.alloc(0), signature);
    if (report?.became === 'disputed') await this.disputes.report(report);
    else if (report) await this.topUps.report(report);
    return { received: true };
  }

  private async read(raw: Buffer, signature: string | undefined): ReturnType<PaymentProvider['read']> {
    try {
      return await this.payments.read(raw, signature, Math.floor(this.worldClock.now().getTime() / 1_000));
    } catch (error) {
      if (error instanceof NotSignedError)
        throw Refusal.unauthenticated('This was not signed by the payment provider.');
      throw error;
    }
  }
}
