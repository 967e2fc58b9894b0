import { type ActionKind, CAUSES, causeIn, type Who } from './causes.js';
import type { SignupKind } from './signup-steps.js';
import type { SignupRecord } from './signup-store.js';
import type { Language } from './texts/language.js';
import { SIGNUP_TEXTS } from './texts/signup-texts.js';
import { NEWS_CODES, type NewsCode, type NoteCode } from './texts/texts-shape.js';

/** A signup as its tenant sees it: codes for programs, plain language for people. */
export interface SignupView {
  id: string;
  kind: SignupKind;
  state: string;
  summary: string;
  next_action: { who: Who; kind: ActionKind; text: string; at?: Date };
  steps: {
    step: string;
    title: string;
    state: string;
    attempts: number;
    cause?: { code: string; text: string; meta?: unknown };
    note?: string;
    updated_at: Date;
  }[];
  /** What Meta told of the account since, oldest first. */
  news: { told: string; text: string; at: Date }[];
  /** Who pays Meta. */
  paid_by?: 'provider' | 'merchant';
  application_id?: string;
  waba_id?: string;
  phone_number_id?: string;
  business_id?: string;
  display_phone_number?: string;
  coexistence?: boolean;
  left?: unknown;
  created_at: Date;
  updated_at: Date;
}

function nextAction({ signup, steps }: SignupRecord, language: Language): SignupView['next_action'] {
  const texts = SIGNUP_TEXTS[language];
  if (signup.state === 'live') {
    if (signup.facts.namedLate) return { who: 'merchant', kind: 'connect', text: texts.next.namedLate };
    // Skipped, because it pays Meta itself; done where Graph shows that something pays already.
    const pays = signup.facts.funding === 'own' && steps.find((s) => s.step === 'share-credit')?.state === 'skipped';
    return { who: pays ? 'merchant' : 'nobody', kind: 'none', text: pays ? texts.next.payFirst : texts.next.live };
  }
  if (signup.state === 'cancelled') return { who: 'merchant', kind: 'connect', text: texts.next.cancelled };
  const said = steps.find((s) => s.said?.cause)?.said?.cause;
  if (said) {
    const cause = causeIn(signup.kind, said);
    const { who, action } = CAUSES[cause];
    // What was to mend itself and did not, a person may start again.
    if (signup.state === 'failed' && action === 'wait') {
      return { who: 'merchant', kind: 'retry', text: texts.next.retry };
    }
    const at = signup.retryAt ? { at: signup.retryAt } : {};
    return { who, kind: action, text: texts.causes[cause][1], ...at };
  }
  if (signup.state !== 'waiting-for-merchant') return { who: 'nobody', kind: 'wait', text: texts.next.wait };
  const finished = steps.some((s) => s.step === 'dialog' && s.state === 'done');
  return { who: 'merchant', kind: 'connect', text: finished ? texts.next.waitForCode : texts.next.connect };
}

const isNewsCode = (told: string): told is NewsCode => NEWS_CODES.some((code) => code === told);

/** @param language of `summary`, titles and texts; codes stay as they are */
export function signupView(record: SignupRecord, language: Language): SignupView {
  const { signup, steps } = record;
  const { facts } = signup;
  const texts = SIGNUP_TEXTS[language];
  return {
    id: signup.signupId,
    kind: signup.kind,
    state: signup.state,
    summary: texts.states[signup.state],
    next_action: nextAction(record, language),
    steps: steps.map(({ step, state, attempts, said, updatedAt }) => ({
      step,
      title: texts.steps[step],
      state,
      attempts,
      ...(said?.cause
        ? {
            cause: {
              code: said.cause,
              text: texts.causes[causeIn(signup.kind, said.cause)][0],
              ...(said.meta ? { meta: said.meta } : {}),
            },
          }
        : {}),
      ...(said?.note ? { note: texts.notes[said.note as NoteCode] ?? said.note } : {}),
      updated_at: updatedAt,
    })),
    news: record.news.map(({ told, at }) => ({
      told,
      text: texts.news[isNewsCode(told) ? told : 'OTHER'].replace('{told}', told),
      at,
    })),
    ...(facts.funding ? { paid_by: facts.funding === 'own' ? 'merchant' : 'provider' } : {}),
    ...(facts.applicationId ? { application_id: facts.applicationId } : {}),
    ...(facts.wabaId ? { waba_id: facts.wabaId } : {}),
    ...(facts.phoneNumberId ? { phone_number_id: facts.phoneNumberId } : {}),
    ...(facts.businessId ? { business_id: facts.businessId } : {}),
    ...(facts.displayPhoneNumber ? { display_phone_number: facts.displayPhoneNumber } : {}),
    ...(facts.coexistence === undefined ? {} : { coexistence: facts.coexistence }),
    ...(facts.left ? { left: facts.left } : {}),
    created_at: signup.createdAt,
    updated_at: signup.updatedAt,
  };
}
