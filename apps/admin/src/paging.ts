import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsOptional, IsUUID } from 'class-validator';

/** Rows of one page. */
export const PAGE_SIZE = 50;

/** The query of every list: `cursor` is `next_cursor` of the page before. Lists are newest first. */
export class PageRequest {
  @ApiPropertyOptional({ description: 'next_cursor of the page before' })
  @IsOptional()
  @IsUUID()
  cursor?: string;
}

export interface Page<Row> {
  data: Row[];
  /** Absent on the last page. */
  next_cursor?: string;
}

/**
 * @param rows one row more than a page holds, if there are so many
 * @param idOf the time-ordered id that the list is sorted by
 */
export function pageOf<Row>(rows: readonly Row[], idOf: (row: Row) => string): Page<Row> {
  const data = rows.slice(0, PAGE_SIZE);
  const last = data.at(-1);
  return { data, ...(last && rows.length > PAGE_SIZE ? { next_cursor: idOf(last) } : {}) };
}
