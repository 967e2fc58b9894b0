import { Body, Controller, HttpCode, Inject, Post, UseGuards } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiOperation, ApiProperty, ApiPropertyOptional, ApiTags } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  IsArray,
  IsIn,
  IsInt,
  IsNumberString,
  IsObject,
  IsOptional,
  IsString,
  Matches,
  Max,
  MaxLength,
  Min,
  ValidateIf,
  ValidateNested,
} from 'class-validator';
import { CLOCK, type Clock } from '#libs/clock';
import { Refusal } from '#libs/http';
import { marketNamed, marketOf } from '#libs/markets';
import { Database, type Tx } from '#libs/persistence';
import { Templates } from '#libs/templates';
import { type Caller, TenantCaller, TenantOrApp } from '#libs/tenants';
import { timezoneAt, Wabas } from '#libs/wabas';
import { mustBeDay } from '../local-days.js';
import { MonthCounters } from '../metering/month-counters.js';
import { Plans } from '../plans/plans.js';
import { PRICED_CATEGORIES, type PricedCategory } from '../plans/terms.js';
import { CurrentRateBook } from '../rate-card/current-rate-book.js';
import { zoneClock } from '../rating/local-time.js';
import { categoryOn } from './category-on.js';
import { EstimateResponse } from './estimate.response.js';
import { estimateAudience, type Planned } from './estimate-audience.js';

class AudiencePart {
  @ApiPropertyOptional({ enum: PRICED_CATEGORIES, description: 'Not needed with `template_id`' })
  @ValidateIf((part: AudiencePart) => part.template_id == null)
  @IsIn(PRICED_CATEGORIES)
  category?: PricedCategory;
  @ApiPropertyOptional({
    description: "Meta's id of the template that will be sent: its category on that day, an announced change included",
  })
  @IsOptional()
  @IsNumberString({ no_symbols: true })
  @MaxLength(60)
  template_id?: string;
  @ApiPropertyOptional({ example: 'Mexico', description: "Meta's name of the market, with `count`" })
  @IsOptional()
  @IsString()
  @MaxLength(100)
  market?: string;
  @ApiPropertyOptional() @IsOptional() @IsInt() @Min(0) @Max(100_000_000) count?: number;
  @ApiPropertyOptional({ type: [String], description: 'Or numbers, whose markets are looked up' })
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(50_000)
  @Matches(/^\+?\d{5,16}$/, { each: true, message: 'recipients must be numbers in international form' })
  recipients?: string[];
  @ApiPropertyOptional({ description: 'How many of `count` have an open service window; not with `recipients`' })
  @IsOptional()
  @IsInt()
  @Min(0)
  in_window?: number;
}
class EstimateRequest {
  @ApiProperty({ description: "Meta's id of the WABA that will send" }) @IsString() @MaxLength(60) waba_id: string;
  @ApiPropertyOptional({ description: "Meta's id of the number, for its free service messages" })
  @IsOptional()
  @IsString()
  @MaxLength(60)
  phone_number_id?: string;
  @ApiPropertyOptional({ description: "Day of sending in the WABA's zone; today if left out" })
  @IsOptional()
  @Matches(/^\d{4}-\d{2}-\d{2}$/, { message: 'day must be YYYY-MM-DD' })
  day?: string;
  @ApiProperty({ type: [AudiencePart] })
  @IsArray()
  @ArrayMaxSize(500)
  @IsObject({ each: true })
  @ValidateNested({ each: true })
  @Type(() => AudiencePart)
  audience: AudiencePart[];
}

@ApiTags('estimates')
@ApiBearerAuth()
@UseGuards(TenantOrApp('billing'))
@Controller('api/v1/estimates')
export class EstimatesController {
  constructor(
    private readonly db: Database,
    private readonly wabas: Wabas,
    private readonly templates: Templates,
    private readonly plans: Plans,
    private readonly book: CurrentRateBook,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** What a planned audience will cost under your plan, by market and category, with volume tiers and what is free. */
  @Post()
  @HttpCode(200)
  @ApiOperation({ summary: 'Price of a planned audience' })
  @ApiOkResponse({ type: EstimateResponse })
  async estimate(@TenantCaller() { tenantId }: Caller, @Body() request: EstimateRequest): Promise<EstimateResponse> {
    if (request.day !== undefined) mustBeDay(request.day, 'day');
    const book = await this.book.get();
    return this.db.inTenant(tenantId, async (tx) => {
      const waba = await this.wabas.waba(tx, tenantId, { metaWabaId: request.waba_id });
      if (!waba) throw Refusal.notFound('WABA');
      const number = request.phone_number_id
        ? await this.wabas.phoneNumber(tx, tenantId, { metaPhoneNumberId: request.phone_number_id })
        : null;
      if (request.phone_number_id && !number) throw Refusal.notFound('phone number');
      const now = this.clock.now();
      const zone = zoneClock(timezoneAt(waba, now));
      const day = request.day ?? zone.dayAt(now.getTime()).day;
      const audience = await this.withCategories(tx, tenantId, request.audience, request.day ? { day, zone } : now);
      const month = day.slice(0, 'YYYY-MM'.length);
      const [plans, counters] = [
        await this.plans.calendar(tx, tenantId),
        await MonthCounters.load(tx, tenantId, [month]),
      ];
      const plan = plans.on(day);
      const made = estimateAudience(book, plan, { currency: waba.currency, day }, partsOf(audience, day), {
        volumeUsed: (market, category) => counters.volumeUsed(month, waba.portfolioId, market, category),
        // Without a number nothing is counted on.
        allowanceUsed: number ? counters.allowanceUsed(month, number.phoneNumberId) : Number.POSITIVE_INFINITY,
        includedUsed: (name) => counters.includedUsed(month, plan.plan, name),
      });
      return {
        day,
        plan: `${plan.plan}/${plan.version}`,
        lines: made.lines.map(({ unitPrice: unit_price, ...line }) => ({ ...line, unit_price })),
        totals: made.totals,
      };
    });
  }

  /** @throws Refusal for a template that the tenant does not have */
  private async withCategories(
    tx: Tx,
    tenantId: string,
    audience: readonly AudiencePart[],
    when: Parameters<typeof categoryOn>[1],
  ): Promise<Categorised[]> {
    const known = new Map<string, PricedCategory>();
    for (const id of new Set(audience.flatMap((part) => part.template_id ?? []))) {
      const template = await this.templates.findByMetaId(tx, tenantId, id);
      if (!template) throw Refusal.notFound('template');
      known.set(id, categoryOn(template, when));
    }
    return audience.map((part) => ({
      ...part,
      // Validation asks for a category where there is no template.
      category: known.get(part.template_id ?? '') ?? (part.category as PricedCategory),
    }));
  }
}

type Categorised = AudiencePart & { category: PricedCategory };

/** Counts by market; of numbers, each market's own part. @throws Refusal for a market that there is not */
function partsOf(audience: readonly Categorised[], day: string): Planned[] {
  return audience.flatMap((part, i): Planned[] => {
    const { category } = part;
    const inWindow = part.in_window ?? 0;
    if (part.recipients) {
      if (inWindow > 0) {
        throw Refusal.invalid(
          `audience[${i}].in_window: nobody can tell which of the recipients; give market and count.`,
        );
      }
      const counts = new Map<string, number>();
      for (const to of part.recipients) {
        const market = marketOf(to.startsWith('+') ? to : `+${to}`, day)?.market ?? 'Other';
        counts.set(market, (counts.get(market) ?? 0) + 1);
      }
      return [...counts].sort().map(([market, count]) => ({ market, category, count, inWindow: 0 }));
    }
    const market = marketNamed(part.market ?? '');
    if (!market) throw Refusal.invalid(`audience[${i}].market: is no market of Meta's, and there are no recipients.`);
    return [{ market, category, count: part.count ?? 0, inWindow }];
  });
}
