import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { IsIn, IsObject, IsOptional, IsString, Length, Matches, ValidateNested } from 'class-validator';
import { IsInstant, IsLine } from '#libs/http';
import { SHOP_SYSTEMS, type ShopSystem } from '#libs/shop-sources';
import { SHOP_EVENT_KINDS, type ShopEventKind } from './shop-event.js';

class EventCustomerRequest {
  @ApiProperty({ example: '+5215512345678' })
  @IsString()
  @Length(5, 40)
  phone: string;

  @ApiPropertyOptional({ description: 'ISO 3166 alpha-2, of a number without its country code', example: 'MX' })
  @IsOptional()
  @Matches(/^[A-Z]{2}$/, { message: 'country must be a code of two capital letters, such as MX' })
  country?: string;

  @ApiPropertyOptional({ description: 'For a contact that is new' })
  @IsOptional()
  @IsLine()
  @Length(1, 200)
  name?: string;
}

export class ShopEventRequest {
  @ApiProperty({ description: 'Yours; the same id again is the same event', example: 'order-1042-shipped' })
  @IsLine()
  @Length(1, 200)
  id: string;

  @ApiProperty({ enum: SHOP_EVENT_KINDS })
  @IsIn(SHOP_EVENT_KINDS)
  kind: ShopEventKind;

  @ApiPropertyOptional({ description: 'When it happened; absent: now' })
  @IsOptional()
  @IsInstant()
  at?: string;

  @ApiProperty({ type: EventCustomerRequest })
  @IsObject()
  @ValidateNested()
  @Type(() => EventCustomerRequest)
  customer: EventCustomerRequest;

  @ApiProperty({ description: 'The cart or order that it is about', example: '1042' })
  @IsLine()
  @Length(1, 200)
  subject: string;

  @ApiPropertyOptional({
    type: 'object',
    additionalProperties: true,
    description: 'What automations can ask for and write into templates; amounts as texts',
    example: { order_number: '1042', total: '499.00', currency: 'MXN', tracking_url: 'https://track.example/1042' },
  })
  @IsOptional()
  @IsObject()
  data?: Record<string, unknown>;
}

export class ShopSourceRequest {
  @ApiProperty({ enum: SHOP_SYSTEMS })
  @IsIn(SHOP_SYSTEMS)
  kind: ShopSystem;

  @ApiProperty({ example: 'zapatos.example' })
  @IsLine()
  @Length(1, 100)
  name: string;

  @ApiProperty({ description: "What the shop signs its webhooks with: Shopify's client secret, WooCommerce's secret" })
  @IsString()
  @Length(8, 500)
  secret: string;
}
