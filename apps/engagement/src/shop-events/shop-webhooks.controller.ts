import { Controller, Headers, HttpCode, Inject, Param, Post, type RawBodyRequest, Req } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { CLOCK, type Clock } from '#libs/clock';
import { Refusal, UuidPipe } from '#libs/http';
import { Database } from '#libs/persistence';
import { ShopSources, type ShopSystem } from '#libs/shop-sources';
import { readShopify } from './read-shopify.js';
import { readWooCommerce } from './read-woocommerce.js';
import type { ShopFact } from './shop-event.js';
import { WebhookTakenResponse } from './shop-event.response.js';
import { isSignedByShop } from './shop-signature.js';
import { TakeShopFact } from './take-shop-fact.js';

/** How each shop system says what a webhook is about, signs it, and writes it. */
const SYSTEMS: Readonly<
  Record<
    ShopSystem,
    { topic: string; signature: string; read: (topic: string, body: unknown, now: Date) => ShopFact[] }
  >
> = {
  shopify: { topic: 'x-shopify-topic', signature: 'x-shopify-hmac-sha256', read: readShopify },
  woocommerce: { topic: 'x-wc-webhook-topic', signature: 'x-wc-webhook-signature', read: readWooCommerce },
};

@ApiTags('shop events')
@Controller('webhooks/shops')
export class ShopWebhooksController {
  constructor(
    private readonly db: Database,
    private readonly sources: ShopSources,
    private readonly take: TakeShopFact,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /**
   * Shops post here. The signature over the raw bytes is the key; who is not signed as that shop is told the same as who
   * names a shop that does not exist.
   */
  @Post(':id')
  @HttpCode(200)
  @ApiOperation({ summary: 'The webhook of a connected shop' })
  @ApiOkResponse({ type: WebhookTakenResponse })
  async report(
    @Param('id', UuidPipe) sourceId: string,
    @Headers() headers: Record<string, string | undefined>,
    @Req() request: RawBodyRequest<FastifyRequest>,
  ): Promise<WebhookTakenResponse> {
    // WooCommerce asks whether anybody listens when a webhook is made: a form that is not signed and tells nothing.
    if (/^webhook_id=\d+$/.test(request.rawBody?.toString() ?? '')) return { taken: 0 };
    const tenantId = await this.sources.tenantOf(sourceId);
    if (!tenantId) throw notSigned();
    return this.db.inTenant(tenantId, async (tx) => {
      const source = await this.sources.withSecret(tx, tenantId, sourceId);
      const system = source && SYSTEMS[source.kind];
      const raw = request.rawBody ?? Buffer.alloc(0);
      if (!system || !isSignedByShop(raw, headers[system.signature], source.secret)) throw notSigned();
      await this.sources.heard(tx, tenantId, sourceId);
      let taken = 0;
      for (const fact of system.read(headers[system.topic] ?? '', request.body, this.clock.now())) {
        const outcome = await this.take.take(tx, tenantId, sourceId, fact);
        if ('isNew' in outcome && outcome.isNew) taken++;
      }
      return { taken };
    });
  }
}

const notSigned = () => Refusal.unauthenticated('There is no such shop, or this was not signed with its secret.');
