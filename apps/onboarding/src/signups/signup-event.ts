/** What the signup dialog told the page, in our words. */
export type SignupEvent =
  | { told: 'finished'; wabaId?: string; phoneNumberId?: string; businessId?: string; coexistence: boolean }
  | { told: 'left'; step?: string; reported?: { message: string; errorId?: string; sessionId?: string } };

const COEXISTENCE = 'FINISH_WHATSAPP_BUSINESS_APP_ONBOARDING';
const asText = (value: unknown, longest = 100): string | undefined =>
  typeof value === 'string' && value !== '' ? value.slice(0, longest) : undefined;
// Ids become parts of Graph paths, so nothing but digits passes.
const asId = (value: unknown): string | undefined => {
  const text = typeof value === 'number' ? String(value) : value;
  return typeof text === 'string' && /^\d{1,32}$/.test(text) ? text : undefined;
};

/**
 * Reads a WA_EMBEDDED_SIGNUP message event (Meta, Embedded Signup implementation, 2026-02-20; versions 2 to 4). It comes
 * from a browser: the ids are claims that the token must prove.
 *
 * @returns undefined for anything that is no such event
 */
export function parseSignupEvent(message: unknown): SignupEvent | undefined {
  if (typeof message !== 'object' || message === null) return undefined;
  const { type, event, data: given } = message as Record<string, unknown>;
  if (type !== 'WA_EMBEDDED_SIGNUP' || typeof event !== 'string') return undefined;
  const data = (typeof given === 'object' && given !== null ? given : {}) as Record<string, unknown>;
  if (event === 'FINISH' || event.startsWith('FINISH_')) {
    const wabaId = asId(data.waba_id);
    const phoneNumberId = asId(data.phone_number_id);
    const businessId = asId(data.business_id);
    return {
      told: 'finished',
      coexistence: event === COEXISTENCE,
      ...(wabaId ? { wabaId } : {}),
      ...(phoneNumberId ? { phoneNumberId } : {}),
      ...(businessId ? { businessId } : {}),
    };
  }
  // Meta's page names a reported error CANCEL too; older integrations saw ERROR.
  if (event === 'CANCEL' || event === 'ERROR') {
    const step = asText(data.current_step);
    const message = asText(data.error_message, 500);
    const errorId = asText(String(data.error_id ?? ''));
    const sessionId = asText(data.session_id);
    return {
      told: 'left',
      ...(step ? { step } : {}),
      ...(message
        ? { reported: { message, ...(errorId ? { errorId } : {}), ...(sessionId ? { sessionId } : {}) } }
        : {}),
    };
  }
  return undefined;
}
