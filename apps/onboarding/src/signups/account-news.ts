/** What an account webhook means for a signup. */
export interface AccountNews {
  /** Meta's word: PARTNER_ADDED, APPROVED, ... */
  told: string;
  means: 'taken-back' | 'go-on' | 'note';
  metaWabaId: string;
  /** Of the number, where the event is about one number only. */
  digits?: string;
  at: Date;
  /** Of the account (review) or of a number by Meta's id (official), where the event is a decision. */
  decision?: { about: 'review'; told: string } | { about: 'official'; approved: boolean; metaPhoneNumberId: string };
}

/** The merchant, or Meta, has ended our access (account_update reference, 2025-12-05). */
const TAKEN_BACK = new Set(['PARTNER_REMOVED', 'ACCOUNT_DELETED', 'PARTNER_APP_UNINSTALLED']);
/** Something became possible that may not have been before. */
const GO_ON = new Set(['PARTNER_ADDED', 'PARTNER_APP_INSTALLED', 'ACCOUNT_RECONNECTED']);

type Fields = Readonly<Record<string, unknown>>;
const fields = (value: unknown): Fields => (typeof value === 'object' && value !== null ? (value as Fields) : {});
const text = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== '' ? value : typeof value === 'number' ? String(value) : undefined;

/**
 * Reads an account webhook as it was told to the tenant: Meta's envelope with one change.
 *
 * @param isAnother whether an app is that of the account's other partner, whose coming and going is nothing to ours
 * @returns undefined for one that names no account, says nothing or speaks of another partner
 */
export function readAccountNews(
  body: unknown,
  isAnother: (appId: string | undefined) => boolean,
): AccountNews | undefined {
  const entry = fields((fields(body).entry as unknown[] | undefined)?.[0]);
  const change = fields((entry.changes as unknown[] | undefined)?.[0]);
  const value = fields(change.value);
  const metaWabaId = text(fields(value.waba_info).waba_id) ?? text(entry.id);
  if (isAnother(text(fields(value.waba_info).partner_app_id))) return undefined;
  const told = text(value.event) ?? text(value.decision) ?? text(fields(value.alert_info).alert_type);
  const seconds = Number(entry.time);
  if (!metaWabaId || !told || !Number.isFinite(seconds)) return undefined;
  const at = new Date(seconds * (seconds > 1e11 ? 1 : 1_000));
  const digits = text(value.phone_number)?.replace(/\D/g, '');
  const news = { told: told.slice(0, 100), metaWabaId, at, ...(digits ? { digits } : {}) };
  if (change.field === 'account_review_update') {
    return { ...news, means: 'go-on', decision: { about: 'review', told } };
  }
  if (change.field === 'account_alerts') {
    const approved = told === 'OBA_APPROVED';
    const metaPhoneNumberId = value.entity_type === 'PHONE_NUMBER' ? text(value.entity_id) : undefined;
    if (!metaPhoneNumberId || !(approved || told === 'OBA_REJECTED')) return { ...news, means: 'note' };
    return { ...news, means: 'note', decision: { about: 'official', approved, metaPhoneNumberId } };
  }
  if (change.field !== 'account_update') return { ...news, means: 'note' };
  return { ...news, means: TAKEN_BACK.has(told) ? 'taken-back' : GO_ON.has(told) ? 'go-on' : 'note' };
}

/** Meta's times are whole seconds: what was taken back before the last permission was given says nothing of that. */
export const isStale = (news: AccountNews, permittedAt: Date | null): boolean =>
  permittedAt !== null && news.at.getTime() + 1_000 <= permittedAt.getTime();
