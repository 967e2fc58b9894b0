import type { DisputeStage } from './dispute-stages.js';

/** A payment that a tenant is asked to make. */
export interface Checkout {
  readonly tenantId: string;
  readonly topupId: string;
  /** Decimal string, exact in the currency's smallest unit. */
  readonly amount: string;
  readonly currency: string;
  /** Where the payer is sent when it is done, or given up. */
  readonly returnUrl: string;
}

/** What a provider told of a payment, read from a webhook whose signature was good. */
export interface PaymentReport {
  readonly tenantId: string;
  readonly topupId: string;
  /** The provider's id of what it tells of: the payment, as `begin` gave it, or what was paid back. */
  readonly reference: string;
  readonly became: 'paid' | 'failed' | 'refunded';
  /** What was to be paid; of `refunded` all that was paid back so far, also by earlier refunds. */
  readonly amount: string;
  readonly currency: string;
}

/** What a provider told of a payment that the payer's bank asks back. */
export interface DisputeReport {
  readonly tenantId: string;
  readonly topupId: string;
  /** The provider's id of the dispute. */
  readonly reference: string;
  readonly became: 'disputed';
  readonly stage: DisputeStage;
  /** How much of the payment is asked back. */
  readonly amount: string;
  readonly currency: string;
  /** The bank's, in the provider's words. */
  readonly reason: string;
  readonly toldAt: Date;
}

/** A webhook that this provider did not sign. */
export class NotSignedError extends Error {
  override name = 'NotSignedError';
}

/** The port through which money comes in. */
export interface PaymentProvider {
  readonly name: 'stripe';
  /** Whether it is configured. */
  readonly ready: boolean;
  /**
   * Begins a payment; asked twice for the same top-up, it is the same payment.
   * @returns the provider's id of it, and where the payer pays
   */
  begin(checkout: Checkout): Promise<{ reference: string; url: string }>;
  /**
   * @param raw the body, byte by byte
   * @param now Unix seconds; old signatures are worth nothing
   * @returns undefined for what is not about a top-up of ours
   * @throws NotSignedError, and a Refusal (503) where the provider must be asked more and does not answer: it tells it again
   */
  read(raw: Buffer, signature: string | undefined, now: number): Promise<PaymentReport | DisputeReport | undefined>;
}

export const PAYMENT_PROVIDER = Symbol('PaymentProvider');
