import { ApiProperty } from '@nestjs/swagger';
import type { Catalogue } from './catalogues.js';
import type { ProductState, StoredProduct } from './product.js';
import type { Because, Recommendation } from './recommend.js';
import type { ShopOrder } from './shop-orders.js';

const PRODUCT_STATES: readonly ProductState[] = ['changed', 'removing', 'sent', 'listed', 'refused'];

export class CatalogueResponse {
  @ApiProperty() id: string;
  @ApiProperty() name: string;
  @ApiProperty() meta_catalog_id: string;
  @ApiProperty({ type: String, nullable: true, description: 'What Meta said when it did not take the last batch' })
  problem: string | null;
  @ApiProperty({ type: Date, nullable: true, description: 'When Meta last finished a batch' }) synced_at: Date | null;
  @ApiProperty() created_at: Date;

  static of({ catalogueId, name, metaCatalogId, problem, syncedAt, createdAt }: Catalogue): CatalogueResponse {
    return {
      id: catalogueId,
      name,
      meta_catalog_id: metaCatalogId,
      problem,
      synced_at: syncedAt,
      created_at: createdAt,
    };
  }
}

export class CataloguePageResponse {
  @ApiProperty({ type: [CatalogueResponse] }) data: CatalogueResponse[];
  @ApiProperty({ type: String, nullable: true }) next: string | null;
}

export class ProductsPutResponse {
  @ApiProperty({ description: 'Those that are new or differ from what was there; they go to Meta' }) changed: number;
}

export class ProductResponse {
  @ApiProperty() retailer_id: string;
  @ApiProperty() title: string;
  @ApiProperty() description: string;
  @ApiProperty() price: string;
  @ApiProperty() currency: string;
  @ApiProperty() url: string;
  @ApiProperty() image_url: string;
  @ApiProperty() in_stock: boolean;
  @ApiProperty({ type: String, nullable: true }) brand: string | null;
  @ApiProperty({ enum: PRODUCT_STATES, description: 'Where it is on its way to Meta' }) state: ProductState;
  @ApiProperty({ type: String, nullable: true, description: 'Why Meta refused it' }) problem: string | null;
  @ApiProperty() updated_at: Date;

  static of(product: StoredProduct): ProductResponse {
    const { retailerId, imageUrl, inStock, updatedAt, version: _, ...same } = product;
    return { ...same, retailer_id: retailerId, image_url: imageUrl, in_stock: inStock, updated_at: updatedAt };
  }
}

export class ProductPageResponse {
  @ApiProperty({ type: [ProductResponse] }) data: ProductResponse[];
  @ApiProperty({ type: String, nullable: true }) next: string | null;
}

export class ReadBackResponse {
  @ApiProperty({ description: 'Products that Meta lists' }) listed: number;
  @ApiProperty({ type: [String], description: 'Yours that Meta had lost; they are sent again' }) missing: string[];
  @ApiProperty({ type: [String], description: "Meta's that are not yours here" }) unknown: string[];
}

class RecommendationResponse {
  @ApiProperty() retailer_id: string;
  @ApiProperty({ enum: ['bought_together', 'best_seller'] satisfies Because[] }) because: Because;
}

export class RecommendationsResponse {
  @ApiProperty({ type: [RecommendationResponse] }) data: RecommendationResponse[];

  static of(recommendations: readonly Recommendation[]): RecommendationsResponse {
    return { data: recommendations.map(({ retailerId, because }) => ({ retailer_id: retailerId, because })) };
  }
}

export class ProductMessageResponse {
  @ApiProperty({ description: 'The id of the message in the log' }) id: string;
  @ApiProperty({ description: 'The id in statuses and in replies' }) ref: string;
  @ApiProperty({ type: [String], description: 'The products that it shows; none: the whole catalogue' })
  retailer_ids: string[];
}

class OrderItemResponse {
  @ApiProperty() retailer_id: string;
  @ApiProperty() quantity: number;
  @ApiProperty({ type: String, nullable: true, description: 'Of one' }) price: string | null;
  @ApiProperty({ type: String, nullable: true }) currency: string | null;
}

export class OrderResponse {
  @ApiProperty() id: string;
  @ApiProperty() contact_id: string;
  @ApiProperty({ description: 'The message that it came in' }) message_id: string;
  @ApiProperty({ type: String, nullable: true }) meta_catalog_id: string | null;
  @ApiProperty({ type: String, nullable: true, description: 'What the customer wrote with it' }) note: string | null;
  @ApiProperty({ type: [OrderItemResponse] }) items: OrderItemResponse[];
  @ApiProperty({ type: String, nullable: true, description: 'Null where prices are absent or of several currencies' })
  total: string | null;
  @ApiProperty({ type: String, nullable: true }) currency: string | null;
  @ApiProperty() at: Date;

  static of(order: ShopOrder): OrderResponse {
    const { orderId, contactId, metaMessageId, metaCatalogId, note, total, currency, at, items } = order;
    return {
      id: orderId,
      contact_id: contactId,
      message_id: metaMessageId,
      meta_catalog_id: metaCatalogId,
      note,
      items: items.map(({ retailerId, ...item }) => ({ retailer_id: retailerId, ...item })),
      total,
      currency,
      at,
    };
  }
}

export class OrderPageResponse {
  @ApiProperty({ type: [OrderResponse] }) data: OrderResponse[];
  @ApiProperty({ type: String, nullable: true }) next: string | null;
}
