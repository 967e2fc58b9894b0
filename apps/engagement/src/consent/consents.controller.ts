import { Body, Controller, Get, Inject, Post, Put, Query, UseGuards } from '@nestjs/common';
import { ApiBearerAuth, ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { CLOCK, type Clock } from '#libs/clock';
import { ConsentSettings, Consents, isYetToCome } from '#libs/consent';
import { PAGE_SIZE, pageOf, Refusal } from '#libs/http';
import { Database, type Tx } from '#libs/persistence';
import { type Caller, TenantCaller, TenantGuard } from '#libs/tenants';
import { ContactBook } from '../contacts/contact-book.js';
import { customersNamed } from '../contacts/customers-named.js';
import { makerOf } from '../maker-of.js';
import { ConsentRequest, ConsentSettingsRequest, CustomerQuery } from './consent.request.js';
import {
  ConsentRecordResponse,
  ConsentSettingsResponse,
  ConsentsResponse,
  RecordedConsentResponse,
  StandingResponse,
} from './consent.response.js';
import { TellConsent } from './tell-consent.js';

@ApiTags('consent')
@ApiBearerAuth()
@UseGuards(TenantGuard)
@Controller('api/v1/consents')
export class ConsentsController {
  constructor(
    private readonly db: Database,
    private readonly consents: Consents,
    private readonly settings: ConsentSettings,
    private readonly book: ContactBook,
    private readonly tell: TellConsent,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** What a customer agreed to, with everything they ever said of it. */
  @Get()
  @ApiOperation({ summary: 'Read the consents of a customer' })
  @ApiOkResponse({ type: ConsentsResponse })
  async read(@TenantCaller() { tenantId }: Caller, @Query() query: CustomerQuery): Promise<ConsentsResponse> {
    return this.db.inTenant(tenantId, async (tx) => {
      const customers = await customersNamed(tx, this.book, tenantId, query);
      const page = { before: query.cursor, limit: PAGE_SIZE + 1 };
      const records = await this.consents.historyOf(tx, tenantId, customers, page);
      return {
        standing: await this.standing(tx, tenantId, customers),
        ...pageOf(records, (record) => record.recordId, ConsentRecordResponse.of),
      };
    });
  }

  /** Records what a customer said elsewhere: on your website, by telephone, in the shop. */
  @Post()
  @ApiOperation({
    summary: 'Record an opt-in or opt-out',
    description:
      'The later word holds, whatever is recorded first. Who withdrew marketing gets no marketing template from any number ' +
      'of yours, on any path: such a send is refused with 131050.',
  })
  @ApiCreatedResponse({ type: RecordedConsentResponse })
  async record(@TenantCaller() caller: Caller, @Body() request: ConsentRequest): Promise<RecordedConsentResponse> {
    const { tenantId } = caller;
    const { purpose, state, wording, proof } = request;
    const now = this.clock.now();
    const at = request.at ? new Date(request.at) : now;
    if (isYetToCome(at, now)) throw Refusal.invalid('at: is yet to come.');
    return this.db.inTenant(tenantId, async (tx) => {
      const customers = await customersNamed(tx, this.book, tenantId, request);
      const said = { customers, purpose, state, at, source: 'api' as const, wording, proof, madeBy: makerOf(caller) };
      const changes = await this.consents.record(tx, tenantId, [said]);
      await this.tell.changed(tx, tenantId, changes);
      return { holds: changes.length > 0, standing: await this.standing(tx, tenantId, customers) };
    });
  }

  /** Your own rules of consent. */
  @Get('settings')
  @ApiOperation({ summary: 'Read your consent settings' })
  @ApiOkResponse({ type: ConsentSettingsResponse })
  async readSettings(@TenantCaller() { tenantId }: Caller): Promise<ConsentSettingsResponse> {
    return ConsentSettingsResponse.of(await this.db.inTenant(tenantId, (tx) => this.settings.of(tx, tenantId)));
  }

  /** Changes your own rules of consent; they hold from the next message on. */
  @Put('settings')
  @ApiOperation({ summary: 'Change your consent settings' })
  @ApiOkResponse({ type: ConsentSettingsResponse })
  async changeSettings(
    @TenantCaller() { tenantId }: Caller,
    @Body() request: ConsentSettingsRequest,
  ): Promise<ConsentSettingsResponse> {
    const rules = { optInFor: request.opt_in_for, stopWords: request.stop_words, startWords: request.start_words };
    await this.db.inTenant(tenantId, (tx) => this.settings.set(tx, tenantId, rules));
    return ConsentSettingsResponse.of(rules);
  }

  private async standing(tx: Tx, tenantId: string, customers: readonly string[]): Promise<StandingResponse[]> {
    return [...(await this.consents.standingOf(tx, tenantId, customers)).values()].map(StandingResponse.of);
  }
}
