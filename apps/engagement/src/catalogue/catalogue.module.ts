import { Module } from '@nestjs/common';
import { ContactsModule } from '#libs/contacts';
import { GatewayClientModule } from '#libs/gateway-client';
import { MetaCloudModule } from '#libs/meta-cloud';
import { TenantsModule } from '#libs/tenants';
import { WabasModule } from '#libs/wabas';
import { ShopEventsModule } from '../shop-events/shop-events.module.js';
import { CatalogueAccess } from './catalogue-access.js';
import { CatalogueAtMeta } from './catalogue-at-meta.js';
import { CataloguesController } from './catalogues.controller.js';
import { Catalogues } from './catalogues.js';
import { ConnectCatalogue } from './connect-catalogue.js';
import { OrdersController } from './orders.controller.js';
import { Products } from './products.js';
import { ReadBack } from './read-back.js';
import { Recommendations } from './recommendations.js';
import { ShopOrders } from './shop-orders.js';
import { ShowProducts } from './show-products.js';
import { SyncCatalogues } from './sync-catalogues.js';
import { TakeOrder } from './take-order.js';

const SERVICES = [CatalogueAccess, CatalogueAtMeta, Catalogues, Products];

@Module({
  imports: [TenantsModule, WabasModule, ContactsModule, MetaCloudModule, GatewayClientModule.forApp('engagement')],
  controllers: [CataloguesController, OrdersController],
  providers: [...SERVICES, ConnectCatalogue, ReadBack, ShopOrders, Recommendations, ShowProducts],
})
export class CatalogueApiModule {}

/** Brings products to Meta, and takes in the carts that customers send. */
@Module({
  imports: [WabasModule, MetaCloudModule, ShopEventsModule],
  providers: [...SERVICES, SyncCatalogues, ShopOrders, TakeOrder],
  exports: [TakeOrder],
})
export class CatalogueWorkerModule {}
