import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyRequest } from 'fastify';
import { Refusal } from './refusal.js';

/** Levels of nesting: many times what any body of ours or Meta's has, and far from where recursive readers fail. */
export const DEEPEST_JSON = 100;

/** How deep the arrays and objects of a JSON text are nested; brackets within texts do not count. */
export function depthOf(json: string): number {
  let depth = 0;
  let deepest = 0;
  let inText = false;
  for (let i = 0; i < json.length; i++) {
    const c = json.charCodeAt(i);
    if (inText) {
      if (c === BACKSLASH) i++;
      else if (c === QUOTE) inText = false;
    } else if (c === QUOTE) inText = true;
    else if (c === ARRAY || c === OBJECT) deepest = Math.max(deepest, ++depth);
    else if (c === ARRAY_END || c === OBJECT_END) depth--;
  }
  return deepest;
}
const [QUOTE, BACKSLASH, ARRAY, ARRAY_END, OBJECT, OBJECT_END] = [0x22, 0x5c, 0x5b, 0x5d, 0x7b, 0x7d];

// Escapes for U+0000, and for one half of a surrogate pair without the other.
const NO_TEXT = /\\u0000|\\ud[89ab][\da-f]{2}(?!\\ud[c-f])|(?<!\\ud[89ab][\da-f]{2})\\ud[c-f][\da-f]{2}/i;

/** Whether a JSON text holds escapes that no text in PostgreSQL can hold; clients make halves by cutting an emoji in two. */
export const holdsNoText = (json: string): boolean =>
  // A backslash that is itself escaped begins no escape.
  json.includes('\\u') && NO_TEXT.test(json.replaceAll('\\\\', '--'));

/**
 * Parses JSON bodies with Fastify's own parser (it refuses keys that would reach a prototype), keeps the raw bytes for
 * signatures, takes an empty body for an empty object (clients send the header with no body), refuses what cannot be
 * read or stored (nested too deeply, or characters that are none), and says "malformed_json" where Nest would make a
 * nameless 400 of it.
 */
export function parseJsonBodies(app: NestFastifyApplication, bodyLimit: number): void {
  const parse = app.getHttpAdapter().getInstance().getDefaultJsonParser('error', 'error');
  app.useBodyParser('application/json', { bodyLimit }, (request, body, done) => {
    const text = body.toString();
    if (text.trim() === '') return done(null, {});
    if (depthOf(text) > DEEPEST_JSON) {
      return done(new Refusal(400, 'malformed_json', `The body is nested more than ${DEEPEST_JSON} levels deep.`));
    }
    if (holdsNoText(text)) {
      const details = 'The body holds U+0000 or half of a surrogate pair (such as an emoji cut in two).';
      return done(new Refusal(400, 'malformed_json', details));
    }
    void parse(request as FastifyRequest, text, (error, parsed) =>
      error
        ? done(new Refusal(400, 'malformed_json', `The body is not valid JSON: ${error.message}`, { cause: error }))
        : done(null, parsed),
    );
  });
}
