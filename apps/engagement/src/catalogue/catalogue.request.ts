import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayMinSize,
  ArrayUnique,
  IsArray,
  IsBoolean,
  IsInt,
  IsObject,
  IsOptional,
  IsString,
  IsUrl,
  IsUUID,
  Length,
  Matches,
  Max,
  MaxLength,
  Min,
  ValidateNested,
} from 'class-validator';
import { IsLine, PageRequest } from '#libs/http';

const WEB = { protocols: ['http', 'https'], require_protocol: true, require_tld: false };
const META_ID = /^\d{1,32}$/;
const A_META_ID = { message: "$property must be an id of Meta's, digits alone" };

export class CatalogueRequest {
  @ApiProperty({ description: "Meta's id of the WhatsApp Business account that the catalogue is connected to" })
  @Matches(META_ID, A_META_ID)
  waba_id: string;

  @ApiProperty({ description: "Meta's id of the commerce catalogue" })
  @Matches(META_ID, A_META_ID)
  meta_catalog_id: string;
}

// Limits: Meta, "Catalog Batch API", fields of a product, read 2026-11-22.
export class ProductRequest {
  @ApiProperty({ example: 'SHOE-1' })
  @IsLine()
  @Length(1, 100)
  retailer_id: string;

  @ApiProperty({ example: 'Leather shoe' })
  @IsLine()
  @Length(1, 200)
  title: string;

  @ApiProperty()
  @IsString()
  @Length(1, 9_999)
  description: string;

  @ApiProperty({ example: '499.00', description: 'A text, so that it stays exact' })
  @Matches(/^\d{1,9}(\.\d{1,2})?$/, { message: 'price must be a decimal string such as "12.50"' })
  price: string;

  @ApiProperty({ example: 'MXN' })
  @Matches(/^[A-Z]{3}$/, { message: 'currency must be an ISO 4217 code, such as MXN' })
  currency: string;

  @ApiProperty({ example: 'https://shop.example/shoe' })
  @IsUrl(WEB)
  @MaxLength(2_000)
  url: string;

  @ApiProperty({ example: 'https://shop.example/shoe.jpg' })
  @IsUrl(WEB)
  @MaxLength(2_000)
  image_url: string;

  @ApiPropertyOptional({ default: true })
  @IsOptional()
  @IsBoolean()
  in_stock?: boolean;

  @ApiPropertyOptional()
  @IsOptional()
  @IsLine()
  @Length(1, 100)
  brand?: string;
}

export class ProductsRequest {
  @ApiProperty({ type: [ProductRequest], maxItems: 1_000 })
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(1_000)
  @ArrayUnique((product: ProductRequest) => product.retailer_id)
  @IsObject({ each: true })
  @ValidateNested({ each: true })
  @Type(() => ProductRequest)
  products: ProductRequest[];
}

export class ProductPageRequest {
  @ApiPropertyOptional({ description: '`next` of the page before' })
  @IsOptional()
  @IsString()
  @MaxLength(100)
  cursor?: string;
}

export class ProductMessageRequest {
  @ApiProperty({ description: "Meta's id of the number that sends" })
  @Matches(META_ID, A_META_ID)
  phone_number_id: string;

  @ApiProperty()
  @IsUUID()
  contact_id: string;

  @ApiPropertyOptional({ type: [String], maxItems: 30, description: 'One, several, or absent: the whole catalogue' })
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(30)
  @ArrayUnique()
  @IsString({ each: true })
  @Length(1, 100, { each: true })
  retailer_ids?: string[];

  @ApiPropertyOptional({ description: 'Instead of ids: so many that are recommended to this contact' })
  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(30)
  recommended?: number;

  @ApiPropertyOptional({ description: 'Needed unless one product is shown' })
  @IsOptional()
  @IsString()
  @Length(1, 1_024)
  body?: string;

  @ApiPropertyOptional()
  @IsOptional()
  @IsLine()
  @Length(1, 60)
  footer?: string;

  @ApiPropertyOptional({ description: "Above several products; absent: the catalogue's name" })
  @IsOptional()
  @IsLine()
  @Length(1, 60)
  header?: string;
}

export class RecommendationsRequest {
  @ApiProperty()
  @IsUUID()
  contact_id: string;

  @ApiPropertyOptional({ default: 10, maximum: 30 })
  @IsOptional()
  @Type(() => Number)
  @IsInt()
  @Min(1)
  @Max(30)
  limit?: number;
}

export class OrdersRequest extends PageRequest {
  @ApiPropertyOptional()
  @IsOptional()
  @IsUUID()
  contact_id?: string;
}
