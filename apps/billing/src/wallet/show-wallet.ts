import { ApiProperty } from '@nestjs/swagger';
import type { Wallet } from '#libs/wallet';
import { DISPUTE_STAGES } from './dispute-stages.js';
import type { TopUp } from './top-ups.js';

export class WalletResponse {
  @ApiProperty({ example: 'USD' }) currency: string;
  @ApiProperty({ example: '120.00' }) balance: string;
  @ApiProperty({ description: 'For messages on their way' }) held: string;
  @ApiProperty({ description: 'How far the balance may go below zero; 0 is prepaid' }) credit_limit: string;
  @ApiProperty({ description: 'balance - held + credit_limit: what may still be spent' }) available: string;
  @ApiProperty({ description: 'What marketing messages leave for others' }) marketing_reserve: string;
  @ApiProperty({ description: 'What utility messages leave for replies and one-time codes' }) utility_reserve: string;
  @ApiProperty({ type: [String], description: 'Balances at which the event wallet_low_balance is sent' })
  alert_levels: readonly string[];
}

/** null: a tenant that pays by invoice alone. */
export class WalletHolderResponse {
  @ApiProperty({ type: WalletResponse, nullable: true }) wallet: WalletResponse | null;
}

export const showWallet = (w: Wallet): WalletResponse => ({
  currency: w.currency,
  balance: w.balance,
  held: w.held,
  credit_limit: w.creditLimit,
  available: w.available,
  marketing_reserve: w.marketingReserve,
  utility_reserve: w.utilityReserve,
  alert_levels: w.alertLevels,
});

export class TopUpDisputeResponse {
  @ApiProperty({ description: "The payment provider's id of it" }) reference: string;
  @ApiProperty() amount: string;
  @ApiProperty({
    enum: Object.keys(DISPUTE_STAGES),
    description: 'Off the wallet while it is `open` and when it is `lost`; it is not for an `inquiry`',
  })
  stage: string;
  @ApiProperty({ example: 'fraudulent' }) reason: string;
  @ApiProperty() opened_at: string;
}

export class TopUpResponse {
  @ApiProperty() id: string;
  @ApiProperty({ enum: ['stripe', 'bank'] }) provider: string;
  @ApiProperty({ nullable: true, type: String }) reference: string | null;
  @ApiProperty() amount: string;
  @ApiProperty() currency: string;
  @ApiProperty({ enum: ['pending', 'paid', 'failed'] }) status: string;
  @ApiProperty({ description: 'How much of it was paid back' }) refunded: string;
  @ApiProperty({
    type: [TopUpDisputeResponse],
    description: "What the payer's bank asked back; each stage is the event payment_dispute",
  })
  disputes: TopUpDisputeResponse[];
  @ApiProperty({ nullable: true, type: String, description: 'Where to pay, while it is pending' }) url: string | null;
  @ApiProperty() created_at: string;
  @ApiProperty({ nullable: true, type: String }) settled_at: string | null;
}

export class TopUpPageResponse {
  @ApiProperty({ type: [TopUpResponse] }) data: TopUpResponse[];
  @ApiProperty({ nullable: true, type: String, description: 'Cursor of the next page; null on the last' })
  next: string | null;
}

export const showTopUp = (t: TopUp): TopUpResponse => ({
  id: t.topupId,
  provider: t.provider,
  reference: t.reference,
  amount: t.amount,
  currency: t.currency,
  status: t.status,
  refunded: t.refunded,
  disputes: t.disputes.map(({ reference, amount, stage, reason, openedAt }) => ({
    reference,
    amount,
    stage,
    reason,
    opened_at: new Date(openedAt).toISOString(),
  })),
  url: t.status === 'pending' ? t.url : null,
  created_at: t.createdAt.toISOString(),
  settled_at: t.settledAt?.toISOString() ?? null,
});
