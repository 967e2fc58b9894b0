import { Injectable } from '@nestjs/common';
import { loadConfig } from '#libs/config';
import type { Tx } from '#libs/persistence';
import type { Language } from '../signups/texts/language.js';
import { type LetterKind, letterText } from './letter-texts.js';
import { Letters } from './letters.js';

/** Where a link of a letter leads; what it holds stands behind `#`, which browsers send to nobody. */
export type LetterPage = 'confirm' | 'reset' | 'join' | 'apply';

/** Writes letters in the reader's language, with links to our own pages. */
@Injectable()
export class WriteLetter {
  private readonly config = loadConfig(['PUBLIC_URL', 'PROVIDER_NAME']);

  constructor(private readonly letters: Letters) {}

  /** Posts a letter in the caller's transaction. @param ticket what the link holds */
  async write(
    tx: Tx,
    tenantId: string,
    letter: {
      kind: LetterKind;
      to: string;
      language: Language;
      page?: LetterPage;
      ticket?: string;
      name?: string;
      said?: string;
    },
  ): Promise<void> {
    const { kind, to, language, page, ticket, name, said } = letter;
    const link = page
      ? `${this.config.PUBLIC_URL}/${page === 'apply' ? 'apply' : `account/${page}`}?lang=${language}${ticket ? `#${ticket}` : ''}`
      : '';
    const text = letterText(kind, language, {
      provider: this.config.PROVIDER_NAME,
      link,
      ...(name ? { name } : {}),
      ...(said ? { said } : {}),
    });
    await this.letters.post(tx, tenantId, { to, ...text });
  }
}
