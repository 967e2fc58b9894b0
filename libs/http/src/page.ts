import { ApiPropertyOptional } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { IsInt, IsOptional, IsUUID, Max, Min } from 'class-validator';

/** Rows of one page, unless the caller asks for another number of them. */
export const PAGE_SIZE = 50;
const LARGEST_PAGE = 200;

/** The query of a list that is sorted by a time-ordered id, newest first. */
export class PageRequest {
  @ApiPropertyOptional({ description: '`next` of the page before' })
  @IsOptional()
  @IsUUID()
  cursor?: string;
}

/** The same where the caller may say how many rows a page has. */
export class SizedPageRequest extends PageRequest {
  @ApiPropertyOptional({ default: PAGE_SIZE, maximum: LARGEST_PAGE })
  @IsOptional()
  @Type(() => Number)
  @IsInt()
  @Min(1)
  @Max(LARGEST_PAGE)
  limit?: number;
}

export interface Page<Item> {
  data: Item[];
  /** Cursor of the next page; null on the last. */
  next: string | null;
}

/**
 * @param rows one row more than a page holds, if there are so many
 * @param idOf the id that the list is sorted by
 * @param show how a row is shown
 * @param size rows that the page holds
 */
export function pageOf<Row, Item>(
  rows: readonly Row[],
  idOf: (row: Row) => string,
  show: (row: Row) => Item,
  size = PAGE_SIZE,
): Page<Item> {
  const shown = rows.slice(0, size);
  const last = shown.at(-1);
  return { data: shown.map(show), next: last && rows.length > size ? idOf(last) : null };
}
