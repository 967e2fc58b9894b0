import { ApiProperty } from '@nestjs/swagger';

export class PriceLineResponse {
  @ApiProperty() market: string;
  @ApiProperty() category: string;
  @ApiProperty() quantity: number;
  @ApiProperty({ nullable: true, type: String, description: 'Null where no price is known' }) unit_price: string | null;
  @ApiProperty({ nullable: true, type: String }) amount: string | null;
  @ApiProperty() currency: string;
  @ApiProperty({ description: 'The rule by which it is priced' }) why: string;
}
export class PriceTotalResponse {
  @ApiProperty() currency: string;
  @ApiProperty() amount: string;
}
export class PriceResponse {
  @ApiProperty({ type: [PriceTotalResponse], description: 'If every message is delivered' })
  totals: PriceTotalResponse[];
  @ApiProperty({ type: [PriceLineResponse] }) lines: PriceLineResponse[];
  @ApiProperty({ description: 'Recipients without a number, whose market is known only when the message is delivered' })
  unpriced: number;
}
export class PreviewVariantResponse {
  @ApiProperty() name: string;
  @ApiProperty() recipients: number;
}
export class PreviewBalanceResponse {
  @ApiProperty() currency: string;
  @ApiProperty() available: string;
  @ApiProperty() covers: boolean;
}
export class PreviewLimitResponse {
  @ApiProperty({ nullable: true, type: Number, description: 'Null: no limit' }) limit: number | null;
  @ApiProperty({ description: 'Different customers in the last 24 hours' }) used: number;
  @ApiProperty({ description: 'Recipients outside their window that fit now' }) fit_now: number;
  @ApiProperty({
    nullable: true,
    type: String,
    description:
      'When the last one fits at the earliest; null: never under this limit. Quiet hours, schedule and throttle are not in it',
  })
  all_reached_at: string | null;
}

/** What a campaign would do if it were launched now. */
export class PreviewResponse {
  @ApiProperty() audience: number;
  @ApiProperty({ description: 'Opted out, or not opted in where you ask for it: they get nothing' }) suppressed: number;
  @ApiProperty({ description: 'Have no value for a placeholder without fallback: they get nothing' })
  missing_attributes: number;
  @ApiProperty({ description: 'Who is left' }) recipients: number;
  @ApiProperty({ description: 'Of these, with an open customer service window' }) in_window: number;
  @ApiProperty({ type: [PreviewVariantResponse] }) variants: PreviewVariantResponse[];
  @ApiProperty({ type: PriceResponse }) price: PriceResponse;
  @ApiProperty({ nullable: true, type: PreviewBalanceResponse, description: 'Null: you pay by invoice' })
  balance: PreviewBalanceResponse | null;
  @ApiProperty({ type: PreviewLimitResponse }) messaging_limit: PreviewLimitResponse;
}
