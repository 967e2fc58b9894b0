import { Injectable } from '@nestjs/common';
import { BUILT_IN, type LetterKind, type LetterLanguage, type Wording } from '#libs/letters';
import { PROVIDER_TENANT } from '#libs/persistence';
import { LiveSettings } from './live-settings.js';

/** The setting that holds a letter's words. */
export const letterSetting = (kind: LetterKind, language: LetterLanguage): string => `letter.${kind}.${language}`;

/** The words of letters, as they are now. */
@Injectable()
export class LetterWordings {
  constructor(private readonly live: LiveSettings) {}

  of(kind: LetterKind, language: LetterLanguage): Wording {
    return this.changed(kind, language) ?? BUILT_IN[language][kind];
  }

  /** @returns undefined where the words are those that come with the house */
  changed(kind: LetterKind, language: LetterLanguage): Wording | undefined {
    return this.live.at(PROVIDER_TENANT, letterSetting(kind, language)) as Wording | undefined;
  }
}
