import { metaError } from '#libs/error-catalogue';
import { Refusal } from '#libs/http';
import { GraphError, GraphUnreachableError } from '#libs/meta-cloud';

interface Meaning {
  code: number;
  subcode?: number;
  as: string;
  status: number;
  says: string;
  /** Seconds, where Meta names them or clients found them. */
  wait?: number;
}

const HOUR = 3_600;

/** Meta's refusals of number commands (errors and registration pages, 2025-12); the first row that fits. */
const MEANINGS: readonly Meaning[] = [
  {
    code: 136024,
    as: 'code_not_sent',
    status: 429,
    says: 'Meta sends no code now: too many were asked for. Wait about twelve hours.',
    wait: 12 * HOUR,
  },
  { code: 136025, as: 'wrong_code', status: 400, says: 'The code is wrong or has expired. Ask for another one.' },
  {
    code: 133005,
    as: 'wrong_pin',
    status: 400,
    says: 'The number has another two-step PIN. Give that PIN, or turn two-step verification off in WhatsApp Manager.',
  },
  {
    code: 133008,
    as: 'pin_locked',
    status: 429,
    says: 'The PIN was wrong too often. Wait an hour, then try again.',
    wait: HOUR,
  },
  {
    code: 133009,
    as: 'pin_locked',
    status: 429,
    says: 'The PIN was entered too fast. Wait, then try again.',
    wait: HOUR,
  },
  { code: 133006, as: 'not_verified', status: 409, says: 'Verify the number first: ask for a code and enter it.' },
  { code: 133010, as: 'not_registered', status: 409, says: 'The number is not registered.' },
  {
    code: 133015,
    as: 'just_deleted',
    status: 429,
    says: 'The number was freed just now. Wait five minutes.',
    wait: 300,
  },
  {
    code: 133016,
    as: 'registration_limit',
    status: 429,
    says: 'Meta takes ten registrations and deregistrations in 72 hours. Wait until the oldest is that old.',
    wait: 72 * HOUR,
  },
  {
    code: 100,
    subcode: 2_388_001,
    as: 'on_whatsapp',
    status: 409,
    says: 'The number is in use: on WhatsApp (delete that account first), or with another provider (switch off its two-step PIN there, then bring it with migrate).',
  },
  { code: 100, subcode: 2_388_012, as: 'yours_already', status: 409, says: 'The account has this number already.' },
  { code: 100, subcode: 2_388_091, as: 'needs_no_code', status: 409, says: 'The number needs no code.' },
  {
    code: 100,
    subcode: 2_388_093,
    as: 'migration_refused',
    status: 409,
    says: 'The number cannot be moved yet: both accounts must be approved and of the same verified business.',
  },
  {
    code: 100,
    subcode: 2_388_103,
    as: 'migration_refused',
    status: 409,
    says: 'The account that takes the number needs a payment method and a subscribed app.',
  },
  { code: 131031, as: 'account_blocked', status: 403, says: 'Meta has blocked this account or number.' },
  {
    code: 190,
    as: 'access_lost',
    status: 409,
    says: 'Meta no longer lets us act for this account. Connect it again.',
  },
];

/**
 * What a refusal of Meta's means for the merchant who gave the command.
 *
 * @returns a Refusal with Meta's own code in its text; `more.retryAfterSeconds` where waiting helps
 */
export function refuseAsMeta(error: unknown): Refusal {
  if (error instanceof GraphUnreachableError) {
    return new Refusal(502, 'meta_unavailable', 'Meta is not answering. Look at the number, then try again.', {
      retryAfterSeconds: 10,
      cause: error,
    });
  }
  if (!(error instanceof GraphError)) throw error;
  const meaning = MEANINGS.find(
    (m) => m.code === error.code && (m.subcode === undefined || m.subcode === error.subcode),
  );
  const known = metaError(error.code, error.subcode);
  if (meaning) {
    const wait = meaning.wait === undefined ? {} : { retryAfterSeconds: meaning.wait };
    return new Refusal(meaning.status, meaning.as, `${meaning.says} (Meta: ${error.code})`, { ...wait, cause: error });
  }
  const status = error.httpStatus >= 500 ? 502 : 400;
  const said = error.details ?? error.message;
  return new Refusal(status, 'meta_refused', `Meta refused: ${said} ${known.advice} (Meta: ${error.code})`, {
    cause: error,
  });
}
