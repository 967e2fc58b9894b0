import { Module } from '@nestjs/common';
import { ContactsModule } from '#libs/contacts';
import { ShopSourcesModule } from '#libs/shop-sources';
import { TenantsModule } from '#libs/tenants';
import { AutomationsModule } from '../automations/automations.module.js';
import { ShopEventsController } from './shop-events.controller.js';
import { ShopSourcesController } from './shop-sources.controller.js';
import { ShopWebhooksController } from './shop-webhooks.controller.js';
import { TakeShopFact } from './take-shop-fact.js';

/** What shops tell; of the API and of the worker. */
@Module({ imports: [AutomationsModule, ContactsModule], providers: [TakeShopFact], exports: [TakeShopFact] })
export class ShopEventsModule {}

@Module({
  imports: [ShopEventsModule, ShopSourcesModule, TenantsModule],
  controllers: [ShopEventsController, ShopSourcesController, ShopWebhooksController],
})
export class ShopEventsApiModule {}
