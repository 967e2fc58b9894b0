import type { OpenAPIObject } from '@nestjs/swagger';

const METHODS = ['get', 'post', 'put', 'patch', 'delete'] as const;

/** The native envelope, as `nativeEnvelope` writes it. */
const REFUSAL = {
  type: 'object' as const,
  required: ['error'],
  properties: {
    error: {
      type: 'object' as const,
      required: ['code', 'message', 'request_id'],
      properties: {
        code: { type: 'string' as const, description: 'What to act on', example: 'not_found' },
        message: {
          type: 'string' as const,
          description: 'What to do, for a person',
          example: 'There is no such message, or it belongs to someone else.',
        },
        fields: {
          type: 'object' as const,
          description: 'What is wrong, by field of the request',
          additionalProperties: { type: 'array' as const, items: { type: 'string' as const } },
        },
        request_id: { type: 'string' as const, description: 'To find the call in our logs', example: 'b6a1' },
      },
    },
  },
};

/**
 * Completes the API document of an app for people who generate clients from it: every operation says how it refuses, where
 * the app has not said it, and has a name that is a name in any language (`WebhooksController_list`: `webhooksList`).
 */
export function completeDocument(document: OpenAPIObject): void {
  document.components ??= {};
  document.components.schemas = { ...document.components.schemas, RefusalResponse: REFUSAL };
  for (const item of Object.values(document.paths)) {
    for (const method of METHODS) {
      const operation = item[method];
      if (!operation) continue;
      if (operation.operationId) operation.operationId = operationName(operation.operationId);
      operation.responses['4XX'] ??= {
        description: 'Refused: act on `code`, show `message` to a person. `Retry-After` is there where waiting helps.',
        content: { 'application/json': { schema: { $ref: '#/components/schemas/RefusalResponse' } } },
      };
    }
  }
}

/** @param id Nest's: controller, method, and the number of the path in brackets where a method has several */
export function operationName(id: string): string {
  const [controller = '', method = ''] = id.split('_');
  const name = controller.replace(/Controller$/, '') + method.charAt(0).toUpperCase() + method.slice(1);
  return (name.charAt(0).toLowerCase() + name.slice(1)).replace(/\[(\d+)\]$/, (_, n: string) => (n === '0' ? '' : n));
}
