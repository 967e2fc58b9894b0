import { Controller, Get, Inject, Param, Query, UseGuards } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiOperation, ApiProperty, ApiPropertyOptional, ApiTags } from '@nestjs/swagger';
import { IsOptional, IsString, Matches, MaxLength } from 'class-validator';
import { CLOCK, type Clock } from '#libs/clock';
import { Refusal } from '#libs/http';
import { TenantGuard } from '#libs/tenants';
import { mustBeDay } from '../local-days.js';
import { RateCards } from './rate-cards.js';
import { PriceChangeResponse } from './rate-proposal.response.js';
import { RateProposals } from './rate-proposals.js';

class RateCardQuery {
  @ApiPropertyOptional({
    example: '2026-11-22',
    description: 'Day in the time zone of the WABA; today (UTC) if left out',
  })
  @IsOptional()
  @Matches(/^\d{4}-\d{2}-\d{2}$/, { message: 'date must be YYYY-MM-DD' })
  date?: string;
  @ApiPropertyOptional({ example: 'Mexico' })
  @IsOptional()
  @IsString()
  @MaxLength(100)
  market?: string;
}

class CardListedResponse {
  @ApiProperty({ example: '2026-10-01' }) card_date: string;
  @ApiProperty({ example: 'USD' }) currency: string;
  @ApiProperty() prices: number;
}
class CardsResponse {
  @ApiProperty({ type: [CardListedResponse] }) data: CardListedResponse[];
}
class PriceResponse {
  @ApiProperty({ example: 'Mexico' }) market: string;
  @ApiProperty({ example: 'utility' }) category: string;
  @ApiProperty({ example: '0.0085', description: 'As Meta prints it' }) price: string;
  @ApiProperty({ enum: ['conversation', 'message'] }) unit: string;
  @ApiProperty({ description: 'How we know: card, copy, carried, carried-back or derived' }) provenance: string;
  @ApiProperty() source: string;
  @ApiProperty() note: string;
  @ApiProperty({ description: 'How often it was put right; 0 as first imported' }) revision: number;
}
class AnnouncedCardResponse {
  @ApiProperty({ example: '2027-01-01', description: "In force from 00:00 of this day in the WABA's time zone" })
  card_date: string;
  @ApiProperty({ example: 'USD' }) currency: string;
  @ApiProperty({ example: '2026-12-01', description: 'When Meta announced it' }) announced_on: string;
  @ApiProperty({ enum: ['proposed', 'approved'], description: 'Proposed: we are still checking it' }) status: string;
  @ApiProperty({ type: [PriceChangeResponse], description: 'What differs from the card before it' })
  changes: readonly PriceChangeResponse[];
}
class AnnouncedCardsResponse {
  @ApiProperty({ type: [AnnouncedCardResponse] }) data: AnnouncedCardResponse[];
}
class CardResponse {
  @ApiProperty({ example: '2026-11-22' }) date: string;
  @ApiProperty({ example: 'USD' }) currency: string;
  @ApiProperty({ example: '2026-10-01', nullable: true, type: String }) card_date: string | null;
  @ApiProperty({ type: [PriceResponse], description: 'Empty: no price is known, and messages wait unpriced' })
  prices: PriceResponse[];
}

@ApiTags('rate cards')
@ApiBearerAuth()
@UseGuards(TenantGuard)
@Controller('api/v1/rate-cards')
export class RateCardsController {
  constructor(
    private readonly cards: RateCards,
    private readonly proposals: RateProposals,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** Every card of Meta's prices that is known: dates by currencies. */
  @Get()
  @ApiOperation({ summary: "Meta's price lists, by date and currency" })
  @ApiOkResponse({ type: CardsResponse })
  async list(): Promise<CardsResponse> {
    const cards = await this.cards.list();
    return { data: cards.map((c) => ({ card_date: c.cardDate, currency: c.currency, prices: c.prices })) };
  }

  /** Cards that Meta has announced and that are not in force yet: which prices change, and when. */
  @Get('announced')
  @ApiOperation({ summary: 'Price lists to come' })
  @ApiOkResponse({ type: AnnouncedCardsResponse })
  async announced(): Promise<AnnouncedCardsResponse> {
    const found = await this.proposals.announced();
    return {
      data: found.map(({ cardDate, currency, announcedOn, status, review: { changes } }) => ({
        card_date: cardDate,
        currency,
        announced_on: announcedOn,
        status,
        changes,
      })),
    };
  }

  /**
   * The prices in force in a currency on a day. Prices exist once per currency and are never converted, so a currency
   * may have none on the card in force.
   */
  @Get(':currency')
  @ApiOperation({ summary: 'The card in force in a currency on a day' })
  @ApiOkResponse({ type: CardResponse })
  async card(@Param('currency') asked: string, @Query() query: RateCardQuery): Promise<CardResponse> {
    const currency = asked.toUpperCase();
    const date = query.date ?? this.clock.now().toISOString().slice(0, 10);
    mustBeDay(date, 'date');
    const known = await this.cards.list();
    if (!known.some((card) => card.currency === currency)) throw Refusal.notFound('rate card');
    const card = await this.cards.inForce(currency, date, query.market);
    const prices = (card?.rows ?? []).map(({ market, category, price, unit, provenance, source, note, revision }) => {
      return { market, category, price, unit, provenance, source, note, revision };
    });
    return { date, currency, card_date: card?.cardDate ?? null, prices };
  }
}
