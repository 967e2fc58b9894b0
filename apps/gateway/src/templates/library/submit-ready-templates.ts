import { Injectable } from '@nestjs/common';
import { Refusal } from '#libs/http';
import type { Caller } from '#libs/tenants';
import { ManageTemplates } from '../manage-templates.js';
import { READY_LANGUAGES, type ReadyLanguage, readyTemplate, submissionOf } from './ready-templates.js';

/** What became of one language of a ready template. */
export interface SubmittedLanguage {
  language: ReadyLanguage;
  meta_template_id?: string;
  status?: string;
  category?: string;
  /** Why Meta did not take this language; the others are not concerned. */
  error?: string;
}

/** Submits a ready template in one call, each language by itself. */
@Injectable()
export class SubmitReadyTemplates {
  constructor(private readonly manage: ManageTemplates) {}

  /**
   * @param wish `languages`: at least one, or all three without it; `name`: the key without it
   * @throws Refusal when there is no such ready template, or Meta took none of the languages
   */
  async submit(
    caller: Caller,
    metaWabaId: string,
    key: string,
    wish: { languages?: ReadyLanguage[]; name?: string },
  ): Promise<SubmittedLanguage[]> {
    const ready = readyTemplate(key);
    if (!ready) throw Refusal.notFound('ready template');
    const results: SubmittedLanguage[] = [];
    let refused: Refusal | undefined;
    for (const language of wish.languages ?? READY_LANGUAGES) {
      try {
        const submission = submissionOf(ready, language, wish.name ?? key);
        const { id, status, category } = await this.manage.create(caller, metaWabaId, submission);
        results.push({ language, meta_template_id: id, status, category });
      } catch (error) {
        if (!(error instanceof Refusal)) throw error;
        refused ??= error;
        results.push({ language, error: error.message });
      }
    }
    if (refused && results.every((r) => r.error)) throw refused;
    return results;
  }
}
