import { Injectable } from '@nestjs/common';
import { type Asked, purposeOf, type Stop } from '#libs/consent';
import type { TemplateCategory } from '#libs/template-state';
import { refuse } from '../graph-envelope/refuse.js';
import { CustomerQuestions } from './customer-questions.js';

/** Holds back what a customer does not want, of what a business writes of its own accord. */
@Injectable()
export class RequireConsent {
  constructor(private readonly questions: CustomerQuestions) {}

  /**
   * Replies and codes are not asked about, so they pay nothing.
   *
   * @param customer digits of the number, business-scoped user id, or group id
   * @param category of the template; undefined for free-form messages, which are answers
   * @throws Refusal 131050
   */
  async require(tenantId: string, customer: string, category: TemplateCategory | undefined): Promise<void> {
    const purpose = purposeOf(category);
    if (!purpose) return;
    const asked: Asked = { tenantId, customer, purpose };
    const stop = await this.questions.stop(asked);
    if (stop) throw refuse('recipient_opted_out', whyStopped(asked, stop));
  }
}

/** The fix, for a person. */
export function whyStopped({ customer, purpose }: Pick<Asked, 'customer' | 'purpose'>, stop: Stop): string {
  if (stop.why === 'not_granted') {
    return `${customer} has not agreed to ${purpose}, and your consent settings ask for it. Record an opt-in first.`;
  }
  return (
    `${customer} opted out of ${purpose} on ${stop.at.toISOString()} (${stop.source}). Do not send ${purpose} to them until ` +
    'they opt in again; replies and other messages are not affected.'
  );
}
