import { Controller, Get, Query, UseGuards } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiOperation, ApiProperty, ApiTags } from '@nestjs/swagger';
import { Refusal } from '#libs/http';
import { isId } from '#libs/ids';
import { ACCOUNTS_A_TENANT_SEES, ENTRY_KINDS, Ledger, type PostedEntry, type Posting, titleOf } from '#libs/ledger';
import { add, isZero, parseDecimal, ZERO } from '#libs/money';
import { newMessageRef } from '#libs/outbox';
import { Database } from '#libs/persistence';
import { type Caller, TenantCaller, TenantGuard } from '#libs/tenants';
import { PageQuery } from '../charges/charge-page.js';

class BalanceResponse {
  @ApiProperty({ example: 'receivable' }) account: string;
  @ApiProperty({ example: 'Receivable from the tenant' }) title: string;
  @ApiProperty({ example: 'USD' }) currency: string;
  @ApiProperty({ example: '0.0085', description: 'Debit positive, credit negative' }) balance: string;
}
class PostingResponse {
  @ApiProperty({ example: 'receivable' }) account: string;
  @ApiProperty({ example: '0.0085' }) amount: string;
  @ApiProperty({ example: 'USD' }) currency: string;
}
class EntryResponse {
  @ApiProperty() id: string;
  @ApiProperty({ enum: ENTRY_KINDS }) kind: string;
  @ApiProperty({ nullable: true, type: String }) message: string | null;
  @ApiProperty({ example: '2026-11-22' }) booked_on: string;
  @ApiProperty() posted_at: string;
  @ApiProperty({ nullable: true, type: String, description: 'The entry that this one takes back' })
  reverses: string | null;
  @ApiProperty() memo: string;
  @ApiProperty({ type: [PostingResponse] }) postings: PostingResponse[];
}
class LedgerResponse {
  @ApiProperty({
    nullable: true,
    type: Boolean,
    description: 'All balances add up to zero in every currency; on the first page, else null',
  })
  balanced: boolean | null;
  @ApiProperty({ nullable: true, type: [BalanceResponse], description: 'On the first page, else null' })
  balances: BalanceResponse[] | null;
  @ApiProperty({ type: [EntryResponse] }) entries: EntryResponse[];
  @ApiProperty({ nullable: true, type: String }) next: string | null;
}

@ApiTags('ledger')
@ApiBearerAuth()
@UseGuards(TenantGuard)
@Controller('api/v1/ledger')
export class LedgerController {
  constructor(
    private readonly db: Database,
    private readonly ledger: Ledger,
  ) {}

  /** What the tenant owes: balances with the first page, and the journal page by page. Of the provider's own costs a tenant sees nothing. */
  @Get()
  @ApiOperation({ summary: 'Balances and journal entries' })
  @ApiOkResponse({ type: LedgerResponse })
  async read(@TenantCaller() { tenantId }: Caller, @Query() { cursor, limit }: PageQuery): Promise<LedgerResponse> {
    if (cursor !== undefined && !isId(cursor)) throw Refusal.invalid('cursor must be the `next` of a page before');
    const { balances, found } = await this.db.inTenant(tenantId, async (tx) => ({
      // They are the sum of all there is: once for a reader, not once for each page.
      balances: cursor === undefined ? await this.ledger.balances(tx, tenantId) : undefined,
      found: await this.ledger.listEntries(tx, tenantId, {
        accounts: ACCOUNTS_A_TENANT_SEES,
        after: cursor,
        limit: limit + 1,
      }),
    }));
    const seen = balances?.filter((b) => tenantSees(b.account));
    return {
      balanced: seen ? addsUp(seen) : null,
      balances: seen?.map((b) => ({ ...b, title: titleOf(b.account) })) ?? null,
      entries: found.slice(0, limit).map(entryResponse),
      next: found.length > limit ? (found[limit - 1]?.entryId ?? null) : null,
    };
  }
}

const tenantSees = (account: Posting['account']): boolean => ACCOUNTS_A_TENANT_SEES.includes(account);

function addsUp(balances: readonly { currency: string; balance: string }[]): boolean {
  const sums = new Map<string, ReturnType<typeof parseDecimal>>();
  for (const { currency, balance } of balances) {
    sums.set(currency, add(sums.get(currency) ?? ZERO, parseDecimal(balance)));
  }
  return [...sums.values()].every(isZero);
}

const entryResponse = (entry: PostedEntry): EntryResponse => ({
  id: entry.entryId,
  kind: entry.kind,
  message: entry.messageId ? newMessageRef(entry.messageId) : null,
  booked_on: entry.bookedOn,
  posted_at: entry.postedAt.toISOString(),
  reverses: entry.reverses ?? null,
  memo: entry.memo ?? '',
  postings: entry.postings.filter((posting) => tenantSees(posting.account)),
});
