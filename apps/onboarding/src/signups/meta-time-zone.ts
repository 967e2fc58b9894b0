/**
 * The IANA name of a WABA's time zone. Meta documents `timezone_id` as an identifier (OpenAPI of v23.0) and its examples
 * are numbers; the list that gives them names is not part of our facts, so a number is not guessed: UTC stands in and
 * the caller is told, because rates and months begin at that zone's midnight.
 */
export function timeZoneOf(timezoneId: string): { timezone: string; known: boolean } {
  // Every runtime takes offsets such as +02:00 too; only names are wanted here.
  if (/^[A-Za-z]/.test(timezoneId)) {
    try {
      new Intl.DateTimeFormat('en', { timeZone: timezoneId });
      return { timezone: timezoneId, known: true };
    } catch {
      // Not a name that this runtime knows.
    }
  }
  return { timezone: 'UTC', known: false };
}
