import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { GraphPagingResponse } from '../graph-list/graph-paging.response.js';

const CATEGORIES = ['MARKETING', 'UTILITY', 'AUTHENTICATION'];

/** What Meta answers to a new template. */
export class CreatedTemplateResponse {
  @ApiProperty({ description: "Meta's id", example: '1627019861106475' }) id: string;
  @ApiProperty({ example: 'PENDING' }) status: string;
  @ApiProperty({ enum: CATEGORIES, description: 'May differ from the one asked for: it is what is charged' })
  category: string;
}

class GraphQualityResponse {
  @ApiProperty({ enum: ['GREEN', 'YELLOW', 'RED', 'UNKNOWN'] }) score: string;
}

/** A template as Graph lists it; with `fields`, only what was asked for. */
export class GraphTemplateResponse {
  @ApiPropertyOptional({ description: "Meta's id" }) id?: string;
  @ApiPropertyOptional({ example: 'order_update' }) name?: string;
  @ApiPropertyOptional({ enum: ['POSITIONAL', 'NAMED'] }) parameter_format?: string;
  @ApiPropertyOptional({ example: 'en_US' }) language?: string;
  @ApiPropertyOptional({ example: 'APPROVED' }) status?: string;
  @ApiPropertyOptional({ enum: CATEGORIES }) category?: string;
  @ApiPropertyOptional({ type: 'array', items: { type: 'object', additionalProperties: true } }) components?: object[];
  @ApiPropertyOptional({ type: GraphQualityResponse }) quality_score?: GraphQualityResponse;
  @ApiPropertyOptional({ description: "Of a rejected one: Meta's word for why" }) rejected_reason?: string;
}

export class GraphTemplatesResponse {
  @ApiProperty({ type: [GraphTemplateResponse] }) data: GraphTemplateResponse[];
  @ApiPropertyOptional({ type: GraphPagingResponse, description: 'Missing where the list is empty' })
  paging?: GraphPagingResponse;
}
