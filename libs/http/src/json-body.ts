import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyRequest } from 'fastify';
import { Refusal } from './refusal.js';

/**
 * Parses JSON bodies with Fastify's own parser (it refuses keys that would reach a prototype), keeps the raw bytes for
 * signatures, takes an empty body for an empty object (clients send the header with no body), and says "malformed_json"
 * where Nest would make a nameless 400 of it.
 */
export function parseJsonBodies(app: NestFastifyApplication, bodyLimit: number): void {
  const parse = app.getHttpAdapter().getInstance().getDefaultJsonParser('error', 'error');
  app.useBodyParser('application/json', { bodyLimit }, (request, body, done) => {
    const text = body.toString();
    if (text.trim() === '') return done(null, {});
    void parse(request as FastifyRequest, text, (error, parsed) =>
      error
        ? done(new Refusal(400, 'malformed_json', `The body is not valid JSON: ${error.message}`, { cause: error }))
        : done(null, parsed),
    );
  });
}
