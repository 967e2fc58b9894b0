import { ApiProperty } from '@nestjs/swagger';
import type { Charge, ChargeGroup } from '#libs/ledger';
import { newMessageRef } from '#libs/outbox';
import type { PhoneNumber } from '#libs/wabas';

/** The row of Meta's rate card that a price comes from. */
export class RateRowResponse {
  @ApiProperty({ example: '2026-10-01' }) card_date: string;
  @ApiProperty({ example: 'USD' }) currency: string;
  @ApiProperty({ example: 'Mexico' }) market: string;
  @ApiProperty({ example: 'utility' }) category: string;
  @ApiProperty({ description: 'Step of the volume tiers; 0 is the list price' }) tier: number;
  @ApiProperty({ description: 'Where the card can be read' }) url: string;
}

export class ChargeResponse {
  @ApiProperty({ description: 'The message, as the messaging API named it' }) message: string;
  @ApiProperty({ description: 'The number that sent it, by Meta’s id' }) phone_number_id: string;
  @ApiProperty({ example: 'Mexico', nullable: true, type: String }) market: string | null;
  @ApiProperty({ example: 'utility' }) category: string;
  @ApiProperty() quantity: number;
  @ApiProperty({ example: '0.0085' }) unit_price: string;
  @ApiProperty({ example: '0.0085' }) amount: string;
  @ApiProperty({ example: 'USD' }) currency: string;
  @ApiProperty({ example: 'pmp/regular', description: 'The rule that decided' }) rule: string;
  @ApiProperty({ example: 'service_allowance', nullable: true, type: String }) free_reason: string | null;
  @ApiProperty({ example: 'pass_through/1', nullable: true, type: String }) plan: string | null;
  @ApiProperty({ example: '2026-10-01', nullable: true, type: String }) card_date: string | null;
  @ApiProperty({ type: RateRowResponse, nullable: true }) rate: RateRowResponse | null;
  @ApiProperty({ description: 'The billing moment: the earliest proof of delivery' }) billed_at: string;
  @ApiProperty({ example: '2026-11-22', description: "Its day in the WABA's time zone" }) local_day: string;
  @ApiProperty({ description: '0 as first rated; odd takes the one before back, even is the corrected one' })
  revision: number;
  @ApiProperty({ description: 'The day it counts for: a later one where its month was closed before it was rated' })
  booked_on: string;
}

/** The rate row of a charge or of an invoice line, or null where Meta asked nothing. */
export function rateRowOf({ card, market, category }: Pick<ChargeGroup, 'card' | 'market' | 'category'>) {
  if (!card || market === null) return null;
  const { date, currency, tier } = card;
  const url = `/api/v1/rate-cards/${currency}?date=${date}&market=${encodeURIComponent(market)}`;
  return { card_date: date, currency, market, category, tier, url };
}

/** Meta's ids of numbers, by ours. */
export type MetaIds = ReadonlyMap<string, string>;

export const metaIdsOf = (numbers: readonly PhoneNumber[]): MetaIds =>
  new Map(numbers.map((n) => [n.phoneNumberId, n.metaPhoneNumberId]));

export const chargeResponse = (charge: Charge, metaIds: MetaIds): ChargeResponse => ({
  message: newMessageRef(charge.messageId),
  phone_number_id: metaIds.get(charge.phoneNumberId) ?? charge.phoneNumberId,
  market: charge.market,
  category: charge.category,
  quantity: charge.quantity,
  unit_price: charge.unitPrice,
  amount: charge.amount,
  currency: charge.currency,
  rule: charge.rule,
  free_reason: charge.freeReason,
  plan: charge.plan,
  card_date: charge.card?.date ?? null,
  rate: rateRowOf(charge),
  billed_at: charge.billedAt.toISOString(),
  local_day: charge.localDay,
  revision: charge.revision ?? 0,
  booked_on: charge.bookedOn ?? charge.localDay,
});
