export { SHOP_SYSTEMS, type ShopSource, ShopSources, type ShopSystem } from './shop-sources.js';
export { ShopSourcesModule } from './shop-sources.module.js';
