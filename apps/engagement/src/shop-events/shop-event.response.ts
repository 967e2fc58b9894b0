import { ApiProperty } from '@nestjs/swagger';
import { SHOP_SYSTEMS, type ShopSource, type ShopSystem } from '#libs/shop-sources';
import { SHOP_EVENT_KINDS, type ShopEvent, type ShopEventKind } from './shop-event.js';

export class ShopEventResponse {
  @ApiProperty() id: string;
  @ApiProperty({ enum: SHOP_EVENT_KINDS }) kind: ShopEventKind;
  @ApiProperty() at: Date;
  @ApiProperty() contact_id: string;
  @ApiProperty() subject: string;
  @ApiProperty({ description: 'Whether it was told before; then nothing was done' }) repeated: boolean;

  static of({ event, isNew }: { event: ShopEvent; isNew: boolean }): ShopEventResponse {
    const { givenId, kind, at, contactId, subject } = event;
    return { id: givenId, kind, at, contact_id: contactId, subject, repeated: !isNew };
  }
}

export class ShopSourceResponse {
  @ApiProperty() id: string;
  @ApiProperty({ enum: SHOP_SYSTEMS }) kind: ShopSystem;
  @ApiProperty() name: string;
  @ApiProperty({ description: 'Where the shop posts its webhooks, after the address of this API' }) path: string;
  @ApiProperty() created_at: Date;
  @ApiProperty({ type: Date, nullable: true, description: 'When it last posted something with a good signature' })
  last_heard_at: Date | null;

  static of({ sourceId, kind, name, createdAt, lastHeardAt }: ShopSource): ShopSourceResponse {
    const path = `/webhooks/shops/${sourceId}`;
    return { id: sourceId, kind, name, path, created_at: createdAt, last_heard_at: lastHeardAt };
  }
}

export class ShopSourcePageResponse {
  @ApiProperty({ type: [ShopSourceResponse] }) data: ShopSourceResponse[];
  @ApiProperty({ type: String, nullable: true }) next: string | null;
}

export class WebhookTakenResponse {
  @ApiProperty({ description: 'Events that are new to us' }) taken: number;
}
