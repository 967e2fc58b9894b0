import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';

class GraphCursorsResponse {
  @ApiProperty() before: string;
  @ApiProperty() after: string;
}

/** Where a page of a Graph list lies among the others. */
export class GraphPagingResponse {
  @ApiProperty({ type: GraphCursorsResponse }) cursors: GraphCursorsResponse;
  @ApiPropertyOptional({ description: 'The whole address of the next page; missing after the last' }) next?: string;
  @ApiPropertyOptional({ description: 'The whole address of the page before' }) previous?: string;
}
