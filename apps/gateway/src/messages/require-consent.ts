import { Injectable } from '@nestjs/common';
import { type Stop, Suppression } from '#libs/consent';
import type { TemplateCategory } from '#libs/template-state';
import { refuse } from '../graph-envelope/refuse.js';

/** Holds back what a customer does not want: marketing, which a business writes of its own accord. */
@Injectable()
export class RequireConsent {
  constructor(private readonly suppression: Suppression) {}

  /**
   * Asks about marketing alone, so that what customers wait for pays nothing. Messages of the moment share one statement.
   *
   * @param customer digits of the number, business-scoped user id, or group id
   * @param category of the template; undefined for free-form messages, which are answers
   * @throws Refusal 131050
   */
  async require(tenantId: string, customer: string, category: TemplateCategory | undefined): Promise<void> {
    if (category !== 'marketing') return;
    const stop = await this.suppression.stop({ tenantId, customer, purpose: category });
    if (stop) throw refuse('recipient_opted_out', whyStopped(customer, stop));
  }
}

/** The fix, for a person. */
export function whyStopped(customer: string, stop: Stop): string {
  if (stop.why === 'not_granted') {
    return `${customer} has not agreed to marketing, and your consent settings ask for it. Record an opt-in first.`;
  }
  return (
    `${customer} opted out of marketing on ${stop.at.toISOString()} (${stop.source}). Do not send marketing to them until ` +
    'they opt in again; replies and other messages are not affected.'
  );
}
