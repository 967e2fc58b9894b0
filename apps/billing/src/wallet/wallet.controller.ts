import { Body, Controller, Get, HttpCode, Patch, Post, Query, UseGuards } from '@nestjs/common';
import {
  ApiBearerAuth,
  ApiCreatedResponse,
  ApiOkResponse,
  ApiOperation,
  ApiProperty,
  ApiPropertyOptional,
  ApiTags,
} from '@nestjs/swagger';
import { ArrayMaxSize, IsArray, IsOptional, IsString, IsUrl, Matches, MaxLength } from 'class-validator';
import { PAGE_SIZE, type Page, PageRequest, pageOf, Refusal } from '#libs/http';
import { Database } from '#libs/persistence';
import { type Caller, TenantCaller, TenantGuard } from '#libs/tenants';
import { Wallets } from '#libs/wallet';
import {
  showTopUp,
  showWallet,
  TopUpPageResponse,
  TopUpResponse,
  WalletHolderResponse,
  WalletResponse,
} from './show-wallet.js';
import { TopUps } from './top-ups.js';

/** A decimal string of 0 or more, of a size that money has. */
export const AMOUNT = /^\d{1,12}(\.\d{1,6})?$/;
const says = (field: string) => ({ message: `${field} must be a decimal string such as "25.00"` });

class WalletSettingsRequest {
  @ApiPropertyOptional() @IsOptional() @Matches(AMOUNT, says('marketing_reserve')) marketing_reserve?: string;
  @ApiPropertyOptional() @IsOptional() @Matches(AMOUNT, says('utility_reserve')) utility_reserve?: string;
  @ApiPropertyOptional({ type: [String] })
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(10)
  @Matches(/^-?\d{1,12}(\.\d{1,6})?$/, { each: true, message: 'alert_levels must be decimal strings' })
  alert_levels?: string[];
}
class TopUpRequest {
  @ApiProperty({ example: '100.00' }) @IsString() @Matches(AMOUNT, says('amount')) amount: string;
  @ApiProperty({ description: 'Where the payer comes back to' })
  @IsUrl({ protocols: ['https', 'http'], require_protocol: true, require_tld: false })
  @MaxLength(1_000)
  return_url: string;
}

@ApiTags('wallet')
@ApiBearerAuth()
@UseGuards(TenantGuard)
@Controller('api/v1/wallet')
export class WalletController {
  constructor(
    private readonly db: Database,
    private readonly wallets: Wallets,
    private readonly topUps: TopUps,
  ) {}

  /** Balance, what is held, and what may still be spent; null for a tenant that pays by invoice alone. */
  @Get()
  @ApiOperation({ summary: 'Your wallet' })
  @ApiOkResponse({ type: WalletHolderResponse })
  async read(@TenantCaller() { tenantId }: Caller): Promise<{ wallet: WalletResponse | null }> {
    const wallet = await this.db.inTenant(tenantId, (tx) => this.wallets.find(tx, tenantId));
    return { wallet: wallet ? showWallet(wallet) : null };
  }

  /** What stops first when money runs out, and when to be told. */
  @Patch()
  @ApiOperation({ summary: 'Change reserves and alert levels' })
  @ApiOkResponse({ type: WalletHolderResponse })
  async change(
    @TenantCaller() { tenantId }: Caller,
    @Body() request: WalletSettingsRequest,
  ): Promise<{ wallet: WalletResponse }> {
    const { marketing_reserve: marketingReserve, utility_reserve: utilityReserve, alert_levels: alertLevels } = request;
    const wallet = await this.db.inTenant(tenantId, (tx) =>
      this.wallets.change(tx, tenantId, {
        ...(marketingReserve === undefined ? {} : { marketingReserve }),
        ...(utilityReserve === undefined ? {} : { utilityReserve }),
        ...(alertLevels === undefined ? {} : { alertLevels }),
      }),
    );
    if (!wallet) throw Refusal.notFound('wallet');
    return { wallet: showWallet(wallet) };
  }

  @Get('top-ups')
  @ApiOperation({ summary: 'Top-ups, newest first' })
  @ApiOkResponse({ type: TopUpPageResponse })
  async list(@TenantCaller() { tenantId }: Caller, @Query() { cursor }: PageRequest): Promise<Page<TopUpResponse>> {
    const rows = await this.db.inTenant(tenantId, (tx) =>
      this.topUps.list(tx, tenantId, { before: cursor, limit: PAGE_SIZE + 1 }),
    );
    return pageOf(rows, (row) => row.topupId, showTopUp);
  }

  /** Begins a payment; pay at the `url` of the answer. The balance rises when the payment provider reports it. */
  @Post('top-ups')
  @HttpCode(201)
  @ApiOperation({ summary: 'Top up your wallet' })
  @ApiCreatedResponse({ type: TopUpResponse })
  async begin(@TenantCaller() caller: Caller, @Body() request: TopUpRequest): Promise<TopUpResponse> {
    const { tenantId, userId } = caller;
    return showTopUp(await this.topUps.begin(tenantId, request.amount, request.return_url, userId ?? 'api key'));
  }
}
