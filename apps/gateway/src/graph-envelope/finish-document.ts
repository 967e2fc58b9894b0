import type { OpenAPIObject } from '@nestjs/swagger';
import { graphError } from '#libs/error-catalogue';
import { isOldPath, oldRefusal } from '../d360/old-answer.js';
import { isGraphPath } from './graph-path.js';

const WRITES = ['post', 'put', 'patch', 'delete'] as const;
/** Where a key may stand, whichever of them a client knows. */
const KEYS = {
  bearer: { type: 'http', scheme: 'bearer', description: 'An API key, as the Cloud API has its token' },
  'X-API-Key': { type: 'apiKey', in: 'header', name: 'X-API-Key' },
  'D360-API-KEY': { type: 'apiKey', in: 'header', name: 'D360-API-KEY', description: "As 360dialog's clients send it" },
  access_token: { type: 'apiKey', in: 'query', name: 'access_token', description: 'As in the pages of lists' },
} as const;

const IDEMPOTENCY_KEY = {
  name: 'Idempotency-Key',
  in: 'header',
  required: false,
  description: 'The same call with the same key gets the first answer for 24 hours; another call gets 409.',
  schema: { type: 'string', maxLength: 255, example: 'order-1042' },
} as const;

/** Meta's envelope. Old paths of 360dialog's have `errors` and `meta` beside it. */
const GRAPH_ERROR = {
  type: 'object' as const,
  required: ['error'],
  properties: {
    error: {
      type: 'object' as const,
      required: ['message', 'type', 'code', 'fbtrace_id'],
      properties: {
        message: { type: 'string' as const },
        type: { type: 'string' as const },
        code: { type: 'integer' as const, description: 'What to act on' },
        error_subcode: { type: 'integer' as const },
        error_data: {
          type: 'object' as const,
          properties: {
            messaging_product: { type: 'string' as const },
            details: { type: 'string' as const, description: 'What to do, for a person' },
          },
        },
        fbtrace_id: { type: 'string' as const },
      },
    },
  },
};

/** Completes the API document: where keys go, which header makes a write repeatable, how Graph-compatible paths refuse. */
export function finishDocument(document: OpenAPIObject): void {
  document.components ??= {};
  document.components.schemas = { ...document.components.schemas, GraphErrorResponse: GRAPH_ERROR };
  document.components.securitySchemes = { ...document.components.securitySchemes, ...KEYS };
  for (const [path, item] of Object.entries(document.paths)) {
    for (const method of ['get', ...WRITES] as const) {
      const operation = item[method];
      if (!operation) continue;
      if (operation.security) operation.security = Object.keys(KEYS).map((name) => ({ [name]: [] }));
      if (operation.security && method !== 'get') {
        operation.parameters = [...(operation.parameters ?? []), IDEMPOTENCY_KEY];
      }
      if (isGraphPath(path)) operation.responses['4XX'] ??= refusalOf(path);
    }
  }
}

function refusalOf(path: string) {
  const schema = { $ref: '#/components/schemas/GraphErrorResponse' };
  return {
    description: 'Refused: act on the code, show the details to a person. `Retry-After` is there where waiting helps.',
    content: { 'application/json': { schema, example: exampleOf(path) } },
  };
}

function exampleOf(path: string): object {
  const envelope = graphError(
    'window_closed',
    '16505551234 has not written to this number, so no customer service window is open. Send a template message.',
    'b6a1',
  );
  return isOldPath(path) ? oldRefusal(envelope, 400) : envelope;
}
