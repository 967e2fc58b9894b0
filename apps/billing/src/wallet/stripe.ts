import { createHmac, timingSafeEqual } from 'node:crypto';
import { type Dispatcher, request } from 'undici';
import { Refusal } from '#libs/http';
import { isId } from '#libs/ids';
import { compare, formatDecimal, parseDecimal, roundHalfUp } from '#libs/money';
import type { DisputeStage } from './dispute-stages.js';
import {
  type Checkout,
  type DisputeReport,
  NotSignedError,
  type PaymentProvider,
  type PaymentReport,
} from './payment-provider.js';

// Stripe counts in the smallest unit; of these currencies that is the whole one (Stripe, "Supported currencies": zero-decimal
// currencies).
const WHOLE = new Set('BIF CLP DJF GNF JPY KMF KRW MGA PYG RWF VND VUV XAF XOF XPF'.split(' '));
const THOUSANDTHS = new Set('BHD JOD KWD OMR TND'.split(' '));
/** They have no smaller unit any more, but Stripe goes on counting hundredths (the same page: special cases; 5 UGX are 500). */
const COUNTED_IN_HUNDREDTHS = new Set(['ISK', 'UGX']);
const placesOf = (currency: string): number => (WHOLE.has(currency) ? 0 : THOUSANDTHS.has(currency) ? 3 : 2);
/** How many of them an amount may use: of thousandths the last is always 0 (the same page: three-decimal currencies). */
const mostPlaces = (currency: string): number =>
  COUNTED_IN_HUNDREDTHS.has(currency) ? 0 : Math.min(placesOf(currency), 2);

/** How old a signature may be (Stripe's own libraries: five minutes). */
const TOLERANCE_SECONDS = 300;

interface Session {
  id: string;
  url?: string;
  client_reference_id?: string | null;
  amount_total?: number;
  currency?: string;
  payment_status?: string;
}
/** What was taken from a card, and how much of it was given back in all (Stripe, "The Charge object"). */
interface Charge {
  id: string;
  metadata?: Record<string, string>;
  amount_refunded?: number;
  currency?: string;
}
/** What a payer's bank asks back (Stripe, "The Dispute object"). Its metadata are its own, not those of the charge. */
interface Dispute {
  id: string;
  charge?: string | Charge;
  amount?: number;
  currency?: string;
  reason?: string;
  status?: string;
}
/** Metadata of a payment are copied to its charge (Stripe, "Metadata", copying to another object). */
const TOPUP = 'paloma_topup';
const OUTCOMES: Readonly<Record<string, 'paid' | 'failed' | 'by payment_status'>> = {
  'checkout.session.completed': 'by payment_status',
  'checkout.session.async_payment_succeeded': 'paid',
  'checkout.session.async_payment_failed': 'failed',
  'checkout.session.expired': 'failed',
};
/** A word that is new here moves no money; it is shown as an inquiry, which staff look at. */
const DISPUTE_STATUS: Readonly<Record<string, DisputeStage>> = {
  warning_needs_response: 'inquiry',
  warning_under_review: 'inquiry',
  warning_closed: 'dropped',
  needs_response: 'open',
  under_review: 'open',
  won: 'won',
  lost: 'lost',
  // The payer was given the money back before it came to a dispute; that is told as a refund.
  prevented: 'dropped',
};

/**
 * Stripe Checkout over plain HTTPS: two calls and one webhook need no client library. Signatures: HMAC-SHA-256 of
 * `timestamp.body` in `Stripe-Signature: t=…,v1=…` (Stripe, "Verify webhook signatures manually").
 */
export class Stripe implements PaymentProvider {
  readonly name = 'stripe';

  /** @param secrets signing secrets of the webhook; several while they rotate */
  constructor(private readonly options: { url: string; key: string; secrets: readonly string[] }) {}

  get ready(): boolean {
    return this.options.key !== '';
  }

  async begin(checkout: Checkout): Promise<{ reference: string; url: string }> {
    const { tenantId, topupId, amount, currency, returnUrl } = checkout;
    const form = new URLSearchParams({
      mode: 'payment',
      client_reference_id: `${tenantId}_${topupId}`,
      success_url: returnUrl,
      cancel_url: returnUrl,
      [`payment_intent_data[metadata][${TOPUP}]`]: `${tenantId}_${topupId}`,
      'line_items[0][quantity]': '1',
      'line_items[0][price_data][currency]': currency.toLowerCase(),
      'line_items[0][price_data][unit_amount]': smallest(amount, currency),
      'line_items[0][price_data][product_data][name]': 'Wallet top-up',
    });
    const answer = await this.ask('/v1/checkout/sessions', {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded', 'idempotency-key': topupId },
      body: form.toString(),
    });
    const body = (await answer.body.json().catch(() => undefined)) as
      | (Session & { error?: { message?: string } })
      | undefined;
    if (answer.statusCode >= 300 || !body?.id || !body.url) {
      const why = body?.error?.message ?? `status ${answer.statusCode}`;
      throw new Refusal(502, 'payment_refused', `The payment provider refused: ${why}`);
    }
    return { reference: body.id, url: body.url };
  }

  async read(
    raw: Buffer,
    signature: string | undefined,
    now: number,
  ): Promise<PaymentReport | DisputeReport | undefined> {
    this.mustBeSigned(raw, signature, now);
    const event = JSON.parse(raw.toString()) as { type?: string; created?: number; data?: { object?: unknown } };
    const { type = '', created = now, data } = event;
    if (type.startsWith('charge.dispute.')) return this.disputeOf(data?.object as Dispute, new Date(created * 1_000));
    return type === 'charge.refunded' ? refundOf(data?.object as Charge) : settlementOf(type, data?.object as Session);
  }

  /** A dispute names a charge, and the charge whose payment it was. */
  private async disputeOf(dispute: Dispute | undefined, toldAt: Date): Promise<DisputeReport | undefined> {
    if (!dispute?.charge || !Number.isSafeInteger(dispute.amount)) return undefined;
    const charge = typeof dispute.charge === 'string' ? await this.charge(dispute.charge) : dispute.charge;
    const topup = topupOf(charge?.metadata?.[TOPUP]);
    if (!topup) return undefined;
    return {
      ...topup,
      reference: dispute.id,
      became: 'disputed',
      stage: DISPUTE_STATUS[dispute.status ?? ''] ?? 'inquiry',
      ...amountOf(dispute.amount as number, dispute.currency),
      reason: dispute.reason ?? '',
      toldAt,
    };
  }

  /** @returns undefined for one that Stripe does not know by this key: it is of another account or mode */
  private async charge(id: string): Promise<Charge | undefined> {
    const answer = await this.ask(`/v1/charges/${encodeURIComponent(id)}`, { method: 'GET' });
    const charge = (await answer.body.json().catch(() => undefined)) as Charge | undefined;
    if (answer.statusCode === 404) return undefined;
    if (answer.statusCode >= 300 || !charge) throw noAnswer(`status ${answer.statusCode}`);
    return charge;
  }

  private ask(
    path: string,
    { headers, ...call }: { method: 'GET' | 'POST'; headers?: Record<string, string>; body?: string },
  ): Promise<Dispatcher.ResponseData> {
    return request(`${this.options.url}${path}`, {
      ...call,
      headers: { ...headers, authorization: `Bearer ${this.options.key}` },
      headersTimeout: 20_000,
      bodyTimeout: 20_000,
    }).catch((cause) => {
      throw noAnswer(cause);
    });
  }

  private mustBeSigned(raw: Buffer, signature: string | undefined, now: number): void {
    const parts = (signature ?? '').split(',').map((part) => part.split('=') as [string, string?]);
    const at = parts.find(([name]) => name === 't')?.[1] ?? '';
    const given = parts.flatMap(([name, value]) => (name === 'v1' && value ? [Buffer.from(value, 'hex')] : []));
    const fresh = /^\d+$/.test(at) && Math.abs(now - Number(at)) <= TOLERANCE_SECONDS;
    const good = this.options.secrets.some((secret) => {
      const right = createHmac('sha256', secret).update(`${at}.`).update(raw).digest();
      return given.some((mac) => mac.length === right.length && timingSafeEqual(mac, right));
    });
    if (!fresh || !good) throw new NotSignedError('not signed by Stripe');
  }
}

const noAnswer = (cause: unknown): Refusal =>
  new Refusal(503, 'temporarily_unavailable', 'The payment provider does not answer. Try again in a minute.', {
    retryAfterSeconds: 60,
    cause,
  });

function settlementOf(type: string, session: Session | undefined): PaymentReport | undefined {
  const outcome = OUTCOMES[type];
  const topup = topupOf(session?.client_reference_id);
  if (!outcome || !session || !topup || !Number.isSafeInteger(session.amount_total)) return undefined;
  // Paid later (a bank debit): another event will say so.
  if (outcome === 'by payment_status' && session.payment_status !== 'paid') return undefined;
  const became = outcome === 'failed' ? 'failed' : 'paid';
  return { ...topup, reference: session.id, became, ...amountOf(session.amount_total as number, session.currency) };
}

function refundOf(charge: Charge | undefined): PaymentReport | undefined {
  const topup = topupOf(charge?.metadata?.[TOPUP]);
  if (!charge || !topup || !Number.isSafeInteger(charge.amount_refunded)) return undefined;
  const amount = amountOf(charge.amount_refunded as number, charge.currency);
  return { ...topup, reference: charge.id, became: 'refunded', ...amount };
}

/** Whose payment it is, as we told Stripe; undefined for one that others made with the same account of Stripe's. */
function topupOf(reference: unknown): { tenantId: string; topupId: string } | undefined {
  const [tenantId = '', topupId = '', ...more] = typeof reference === 'string' ? reference.split('_') : [];
  return isId(tenantId) && isId(topupId) && more.length === 0 ? { tenantId, topupId } : undefined;
}

function amountOf(units: number, code = ''): { amount: string; currency: string } {
  const currency = code.toUpperCase();
  return { amount: formatDecimal({ units: BigInt(units), scale: placesOf(currency) }), currency };
}

/** @throws Refusal for an amount that has more places than the currency's smallest unit */
function smallest(amount: string, currency: string): string {
  const most = mostPlaces(currency);
  const exact = parseDecimal(amount);
  const rounded = roundHalfUp(exact, most);
  if (compare(rounded, exact) !== 0) throw Refusal.invalid(`amount: ${currency} has ${most} decimal places.`);
  return String(rounded.units * 10n ** BigInt(placesOf(currency) - most));
}
