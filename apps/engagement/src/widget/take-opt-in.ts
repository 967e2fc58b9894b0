import { Inject, Injectable } from '@nestjs/common';
import { CLOCK, type Clock } from '#libs/clock';
import { Consents, Suppression } from '#libs/consent';
import { Refusal } from '#libs/http';
import { Database } from '#libs/persistence';
import { Wabas } from '#libs/wabas';
import { TellConsent } from '../consent/tell-consent.js';
import { ContactBook } from '../contacts/contact-book.js';
import { readIdentifier } from '../contacts/read-identifier.js';
import { chatLink } from './chat-link.js';
import { type FormLanguage, textsOf } from './form-texts.js';
import type { OptInForm } from './opt-in-forms.js';

/** What a visitor sent, and where from. */
export interface Visit {
  phone: string;
  language: FormLanguage;
  page: string;
  origin: string;
  ip: string;
  userAgent: string;
}

/** Takes the form of a visitor: they become a contact, and what they agreed to is kept with the page and the wording. */
@Injectable()
export class TakeOptIn {
  constructor(
    private readonly db: Database,
    private readonly book: ContactBook,
    private readonly consents: Consents,
    private readonly suppression: Suppression,
    private readonly tell: TellConsent,
    private readonly wabas: Wabas,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /**
   * The wording that is kept is ours of that language, not what the visitor's browser says that it showed.
   *
   * Who types a number need not be whose it is: what the customer refused, also before they were forgotten, is taken back
   * by a message from that number alone.
   *
   * @returns `asked` where the number is yet to be proved by a message from it, and the link that opens the chat with that
   *   message; it also opens the service window
   * @throws Refusal 400 for what is no phone number
   */
  async take(
    tenantId: string,
    form: OptInForm,
    visit: Visit,
  ): Promise<{ state: 'asked' | 'granted'; chatLink: string }> {
    const read = readIdentifier('phone', visit.phone);
    if ('problem' in read) throw Refusal.invalid(`phone ${read.problem}`, { phone: [read.problem] });
    const phone = read.identifier;
    const { wording, greeting } = textsOf(form.texts)[visit.language];
    const customer = phone.value.slice(1);
    const { page, origin, language, ip, userAgent } = visit;
    return this.db.inTenant(tenantId, async (tx) => {
      const [stop] = await this.suppression.stops(tx, [{ tenantId, customer, purpose: 'marketing' }]);
      const state = form.confirm || stop?.why === 'withdrawn' ? 'asked' : 'granted';
      await this.book.put(tx, tenantId, [phone], {});
      const changes = await this.consents.record(tx, tenantId, [
        {
          customers: [customer],
          purpose: 'marketing',
          state,
          at: this.clock.now(),
          source: 'form',
          wording,
          proof: { form: form.formId, page, origin, language, ip, user_agent: userAgent },
        },
      ]);
      await this.tell.changed(tx, tenantId, changes);
      const number = await this.wabas.phoneNumber(tx, tenantId, { phoneNumberId: form.phoneNumberId });
      return { state, chatLink: chatLink(number?.displayPhoneNumber ?? '', greeting) };
    });
  }
}
