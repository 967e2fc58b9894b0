// An escape, so that a backslash which is itself escaped begins none. What `JSON.stringify` writes holds whole characters as
// they are, so an escaped half of a surrogate pair has no other half.
const ESCAPES = /\\(?:u[\da-f]{4}|.)/gi;
const NO_CHARACTER = /^\\u(?:0000|d[89a-f][\da-f]{2})$/i;

/**
 * JSON text as `JSON.stringify` writes it, with U+FFFD for what no text of PostgreSQL can hold: U+0000 and halves of
 * surrogate pairs. A customer's phone, Meta or a merchant's own server may send either.
 */
export const storableJson = (json: string): string =>
  /\\u(?:0000|d)/i.test(json) ? json.replace(ESCAPES, (one) => (NO_CHARACTER.test(one) ? '\ufffd' : one)) : json;

/** The same for a text. */
export const storableText = (text: string): string => text.replace(/\p{Surrogate}|\0/gu, '\ufffd');

/** Whether PostgreSQL says that these data can never be stored (data exceptions, limits), however often they come. */
export const refusedTheData = (error: unknown): boolean =>
  /^(22|54)\w{3}$/.test(String((error as { code?: unknown }).code));
