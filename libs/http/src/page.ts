import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsOptional, IsUUID } from 'class-validator';

/** Rows of one page. */
export const PAGE_SIZE = 50;

/** The query of a list that is sorted by a time-ordered id, newest first. */
export class PageRequest {
  @ApiPropertyOptional({ description: '`next` of the page before' })
  @IsOptional()
  @IsUUID()
  cursor?: string;
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
 */
export function pageOf<Row, Item>(
  rows: readonly Row[],
  idOf: (row: Row) => string,
  show: (row: Row) => Item,
): Page<Item> {
  const shown = rows.slice(0, PAGE_SIZE);
  const last = shown.at(-1);
  return { data: shown.map(show), next: last && rows.length > PAGE_SIZE ? idOf(last) : null };
}
