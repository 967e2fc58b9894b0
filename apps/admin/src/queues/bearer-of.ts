/**
 * A browser cannot be told to send a bearer token, but it asks for a name and a password: with the access token as the
 * password, whatever the name, it is in.
 *
 * @param header Authorization as it came
 * @returns the same as a bearer token; anything else as it is
 */
export function bearerOf(header: string | undefined): string | undefined {
  const [, encoded] = /^basic ([A-Za-z0-9+/=]+)$/i.exec(header ?? '') ?? [];
  if (encoded === undefined) return header;
  const pair = Buffer.from(encoded, 'base64').toString('utf8');
  return `Bearer ${pair.slice(pair.indexOf(':') + 1)}`;
}
