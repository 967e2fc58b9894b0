import { Injectable } from '@nestjs/common';
import { loadConfig } from '#libs/config';
import { fillWording, type LetterKind } from '#libs/letters';
import type { Tx } from '#libs/persistence';
import { Branding, LetterWordings } from '#libs/provider-settings';
import type { Language } from '../signups/texts/language.js';
import { Letters } from './letters.js';

export type LetterPage = 'confirm' | 'reset' | 'forgotten' | 'join' | 'applicant-password' | 'application';

/** Where links of letters lead. What a link holds stands behind `#`, which browsers send to nobody. */
const PAGES: Readonly<Record<LetterPage, { path: string; next?: string; holds?: string }>> = {
  confirm: { path: '/account/confirm' },
  reset: { path: '/account/reset' },
  forgotten: { path: '/account/forgotten' },
  join: { path: '/account/join' },
  // The first password of who applied: it leads on to the application.
  'applicant-password': { path: '/account/reset', next: 'apply' },
  // The application, for who has signed in.
  application: { path: '/apply', holds: 'mine' },
};

/** Writes letters in the reader's language, with links to our own pages. */
@Injectable()
export class WriteLetter {
  private readonly config = loadConfig(['PUBLIC_URL']);

  constructor(
    private readonly letters: Letters,
    private readonly branding: Branding,
    private readonly wordings: LetterWordings,
  ) {}

  /**
   * Posts a letter in the caller's transaction.
   * @param letter.page which of our pages the link leads to, with the ticket that it holds; `link` for an address elsewhere
   */
  async write(
    tx: Tx,
    tenantId: string,
    letter: {
      kind: LetterKind;
      to: string;
      language: Language;
      page?: LetterPage;
      ticket?: string;
      link?: string;
      name?: string;
      said?: string;
      date?: string;
    },
  ): Promise<void> {
    const { kind, to, language, page, ticket, name, said, date } = letter;
    const link = page ? this.linkTo(page, language, ticket) : (letter.link ?? '');
    const text = fillWording(this.wordings.of(kind, language), {
      provider: this.branding.name,
      link,
      ...(name ? { name } : {}),
      ...(said ? { said } : {}),
      ...(date ? { date } : {}),
    });
    await this.letters.post(tx, tenantId, { to, ...text });
  }

  private linkTo(page: LetterPage, language: Language, ticket: string | undefined): string {
    const { path, next, holds } = PAGES[page];
    const behind = ticket ?? holds;
    return `${this.config.PUBLIC_URL}${path}?lang=${language}${next ? `&next=${next}` : ''}${behind ? `#${behind}` : ''}`;
  }
}
