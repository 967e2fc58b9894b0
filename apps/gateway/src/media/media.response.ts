import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';

/** An uploaded file; it is sent by this id. */
export class UploadedMediaResponse {
  @ApiProperty({ description: 'Names the file in messages and in `GET /{media-id}`' }) id: string;
}

/** A file as the Cloud API shows it. */
export class MediaResponse {
  @ApiProperty({ enum: ['whatsapp'] }) messaging_product: 'whatsapp';
  @ApiProperty({ description: 'Serves the bytes for five minutes, with or without a key' }) url: string;
  @ApiProperty({ example: 'image/jpeg' }) mime_type: string;
  @ApiPropertyOptional() sha256?: string;
  @ApiPropertyOptional({ description: 'Bytes' }) file_size?: number;
  @ApiProperty() id: string;
}
