import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { IsInt, IsOptional, IsString, Matches, Max, MaxLength, Min } from 'class-validator';
import { Refusal } from '#libs/http';
import { isId } from '#libs/ids';
import type { Charge, ChargeCursor } from '#libs/ledger';
import { isDay } from '../local-days.js';
import { ChargeResponse, chargeResponse, type MetaIds } from './charge.response.js';

export class PageQuery {
  @ApiPropertyOptional({ description: '`next` of the page before' })
  @IsOptional()
  @IsString()
  @MaxLength(200)
  cursor?: string;
  @ApiPropertyOptional({ default: 100, minimum: 1, maximum: 1000 })
  @IsOptional()
  @Type(() => Number)
  @IsInt()
  @Min(1)
  @Max(1000)
  limit: number = 100;
}

export class ChargesQuery extends PageQuery {
  @ApiPropertyOptional({ example: '2026-11-01', description: "First day, in the WABA's time zone" })
  @IsOptional()
  @Matches(/^\d{4}-\d{2}-\d{2}$/, { message: 'from must be YYYY-MM-DD' })
  from?: string;
  @ApiPropertyOptional({ example: '2026-11-30', description: 'Last day, included' })
  @IsOptional()
  @Matches(/^\d{4}-\d{2}-\d{2}$/, { message: 'to must be YYYY-MM-DD' })
  to?: string;
}

export class ChargePageResponse {
  @ApiProperty({ type: [ChargeResponse] }) data: ChargeResponse[];
  @ApiProperty({ nullable: true, type: String, description: 'Cursor of the next page; null on the last' })
  next: string | null;
}

/** @throws Refusal for a cursor that we did not make */
export function cursorOf(text: string | undefined): ChargeCursor | undefined {
  if (text === undefined) return undefined;
  const [day = '', messageId = '', revision = ''] = Buffer.from(text, 'base64url').toString().split('_');
  if (!isDay(day) || !isId(messageId) || !/^\d{1,4}$/.test(revision))
    throw Refusal.invalid('cursor must be the `next` of a page before');
  return { day, messageId, revision: Number(revision) };
}

/** @param found one more than the page holds, where there is another page */
export function chargePage(found: readonly Charge[], limit: number, metaIds: MetaIds): ChargePageResponse {
  const page = found.slice(0, limit);
  const last = page.at(-1);
  const next =
    found.length > limit && last
      ? Buffer.from(`${last.bookedOn ?? last.localDay}_${last.messageId}_${last.revision ?? 0}`).toString('base64url')
      : null;
  return { data: page.map((charge) => chargeResponse(charge, metaIds)), next };
}
