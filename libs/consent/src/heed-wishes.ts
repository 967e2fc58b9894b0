import { Injectable } from '@nestjs/common';
import type { Tx } from '#libs/persistence';
import type { NewConsent } from './consent-record.js';
import { type ConsentChange, Consents } from './consents.js';
import type { Wish } from './wish-in.js';

/** A customer who wrote one of the words. */
export interface Wished {
  wish: Wish;
  /** What the customer is known by; one at least. */
  customers: readonly string[];
  at: Date;
  /** Meta's id of the message. */
  metaMessageId: string;
  /** As the customer wrote it. */
  text: string;
}

/** A question is open for so long; an older one is not what a "yes" answers. */
const QUESTION_OPEN_MS = 7 * 86_400_000;

/** Does what customers ask for by a word. */
@Injectable()
export class HeedWishes {
  constructor(private readonly consents: Consents) {}

  /**
   * `stop` always counts. `start` takes back a stop and is no opt-in by itself, for nobody was told what it would be to; `yes`
   * confirms what the customer was asked (double opt-in); `offers` does so too, and is an opt-in to marketing where nobody
   * asked: a chat link without a form. Heard twice, it ends the same.
   *
   * @returns what changed by it
   */
  async heed(tx: Tx, tenantId: string, wished: readonly Wished[]): Promise<ConsentChange[]> {
    const said: NewConsent[] = [];
    for (const one of wished) {
      if (one.wish === 'stop') said.push({ ...byKeyword(one), purpose: 'marketing', state: 'withdrawn' });
      else if (one.wish === 'start') said.push(...(await this.started(tx, tenantId, one)));
      else {
        const answers = await this.confirmed(tx, tenantId, one);
        const asked = answers.some(({ purpose }) => purpose === 'marketing');
        said.push(...answers, ...(one.wish === 'offers' && !asked ? [byChatLink(one)] : []));
      }
    }
    return this.consents.record(tx, tenantId, said);
  }

  private async started(tx: Tx, tenantId: string, one: Wished): Promise<NewConsent[]> {
    const standing = (await this.consents.standingOf(tx, tenantId, one.customers)).get('marketing');
    if (standing?.state !== 'withdrawn') return [];
    return [{ ...byKeyword(one), purpose: 'marketing', state: 'granted' }];
  }

  private async confirmed(tx: Tx, tenantId: string, one: Wished): Promise<NewConsent[]> {
    const since = new Date(one.at.getTime() - QUESTION_OPEN_MS);
    const asked = await this.consents.openQuestions(tx, tenantId, one.customers, since);
    return asked.map(({ purpose, wording, recordId, source }) => {
      const { proof, ...said } = byKeyword(one);
      return {
        ...said,
        purpose,
        state: 'granted',
        wording: wording ?? undefined,
        proof: { ...proof, asked_by: source, question: recordId },
      };
    });
  }
}

/** What the link showed is what the customer sent. */
const byChatLink = (one: Wished): NewConsent => ({
  ...byKeyword(one),
  purpose: 'marketing',
  state: 'granted',
  source: 'chat_link',
  wording: one.text,
});

const byKeyword = ({ customers, at, metaMessageId, text }: Wished) => ({
  customers,
  at,
  source: 'keyword' as const,
  proof: { message_id: metaMessageId, text },
  fact: metaMessageId,
});
