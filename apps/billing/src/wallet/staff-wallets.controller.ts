import { Body, Controller, Get, Param, Post, Put, Query, Res } from '@nestjs/common';
import {
  ApiAcceptedResponse,
  ApiBearerAuth,
  ApiCreatedResponse,
  ApiOkResponse,
  ApiOperation,
  ApiProperty,
  ApiTags,
} from '@nestjs/swagger';
import { IsString, isISO4217CurrencyCode, Length, Matches } from 'class-validator';
import type { FastifyReply } from 'fastify';
import { PAGE_SIZE, type Page, PageRequest, pageOf, Refusal } from '#libs/http';
import { isZero, parseDecimal } from '#libs/money';
import { Database } from '#libs/persistence';
import { Needs, ReasonRequest, Staff, type StaffCaller } from '#libs/staff';
import { Wallets } from '#libs/wallet';
import { type AdjustmentResponse, bookedOrWaiting, WAITS } from '../adjustments/adjustment.response.js';
import { MakeAdjustments } from '../adjustments/make-adjustments.js';
import { ExistingTenant } from '../staff/existing-tenant.js';
import { StaffAudit } from '../staff/staff-audit.js';
import { EstimateHolds } from './estimate-holds.js';
import {
  showTopUp,
  showWallet,
  TopUpPageResponse,
  TopUpResponse,
  WalletHolderResponse,
  type WalletResponse,
} from './show-wallet.js';
import { TopUps } from './top-ups.js';
import { AMOUNT } from './wallet.controller.js';

class OpenWalletRequest extends ReasonRequest {
  @ApiProperty({ example: 'USD' })
  @Matches(/^[A-Z]{3}$/, { message: 'currency must be an ISO 4217 code' })
  currency: string;
  @ApiProperty({ example: '0', description: '0 is prepaid; else how far the balance may go below zero' })
  @Matches(AMOUNT, { message: 'credit_limit must be a decimal string' })
  credit_limit: string;
}
class TransferRequest extends ReasonRequest {
  @ApiProperty({ example: '250.00', description: 'Negative for one that was paid back' })
  @Matches(/^-?\d{1,12}(\.\d{1,6})?$/, { message: 'amount must be a decimal string' })
  amount: string;
  @ApiProperty({ description: 'As on the bank statement; the same one is entered once' })
  @IsString()
  @Length(1, 200)
  reference: string;
}

@ApiTags('staff: wallets')
@ApiBearerAuth()
@Controller('admin/v1/tenants/:tenantId/wallet')
export class StaffWalletsController {
  constructor(
    private readonly db: Database,
    private readonly wallets: Wallets,
    private readonly topUps: TopUps,
    private readonly estimates: EstimateHolds,
    private readonly adjustments: MakeAdjustments,
    private readonly audit: StaffAudit,
  ) {}

  @Get()
  @Needs('billing.read')
  @ApiOperation({ summary: 'The wallet of a tenant' })
  @ApiOkResponse({ type: WalletHolderResponse })
  async read(@Param('tenantId', ExistingTenant) tenantId: string): Promise<{ wallet: WalletResponse | null }> {
    const wallet = await this.db.inTenant(tenantId, (tx) => this.wallets.find(tx, tenantId));
    return { wallet: wallet ? showWallet(wallet) : null };
  }

  @Put()
  @Needs('wallets.write')
  @ApiOperation({ summary: 'Open a wallet, or change its credit limit' })
  @ApiOkResponse({ type: WalletHolderResponse })
  async open(
    @Staff() staff: StaffCaller,
    @Param('tenantId', ExistingTenant) tenantId: string,
    @Body() { currency, credit_limit: creditLimit, reason }: OpenWalletRequest,
  ): Promise<{ wallet: WalletResponse }> {
    return this.db.inTenant(tenantId, async (tx) => {
      const before = await this.wallets.find(tx, tenantId);
      // Never to be changed again, and nothing is paid from a wallet in a currency in which nobody is charged.
      if (!before && !isISO4217CurrencyCode(currency))
        throw Refusal.invalid(`currency: there is no currency ${currency}.`);
      const wallet = await this.wallets.open(tx, tenantId, { currency, creditLimit });
      if (!wallet) throw Refusal.conflict(`The wallet is in ${before?.currency}; its currency never changes.`);
      // Known from the first message on, not from the worker's next look.
      await this.estimates.write(tx, tenantId);
      const object = `wallet:${tenantId}`;
      const change = { ...(before ? { before: showWallet(before) } : {}), after: showWallet(wallet) };
      await this.audit.record(staff, { action: 'wallet.open', object, tenantId, ...change, reason }, tx);
      return { wallet: showWallet(wallet) };
    });
  }

  @Get('top-ups')
  @Needs('billing.read')
  @ApiOperation({ summary: 'Top-ups of a tenant, newest first, with what was paid back and what banks ask back' })
  @ApiOkResponse({ type: TopUpPageResponse })
  async list(
    @Param('tenantId', ExistingTenant) tenantId: string,
    @Query() { cursor }: PageRequest,
  ): Promise<Page<TopUpResponse>> {
    const rows = await this.db.inTenant(tenantId, (tx) =>
      this.topUps.list(tx, tenantId, { before: cursor, limit: PAGE_SIZE + 1 }),
    );
    return pageOf(rows, (row) => row.topupId, showTopUp);
  }

  @Post('transfers')
  @Needs('wallets.write')
  @ApiOperation({ summary: 'Enter a bank transfer' })
  @ApiCreatedResponse({ type: TopUpResponse })
  @ApiAcceptedResponse(WAITS)
  async transfer(
    @Staff() staff: StaffCaller,
    @Param('tenantId', ExistingTenant) tenantId: string,
    @Body() { amount, reference, reason }: TransferRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<TopUpResponse | AdjustmentResponse> {
    if (isZero(parseDecimal(amount))) throw Refusal.invalid('amount: must not be 0.');
    const request = { kind: 'transfer' as const, amount, reference };
    return bookedOrWaiting(reply, await this.adjustments.ask(staff, tenantId, request, reason));
  }
}
