import type { OpenAPIObject } from '@nestjs/swagger';
import { ROUTES } from './routes.js';

/** Adds the Graph routes to the document: they are one catch-all route that no scanner can see into. */
export function documentGraph(document: OpenAPIObject): void {
  const envelope = { description: "Refusal in Meta's error envelope" };
  const operation = (tag: string, summary: string, node?: string) => ({
    tags: [tag],
    summary,
    parameters: node ? [{ name: node, in: 'path' as const, required: true, schema: { type: 'string' as const } }] : [],
    responses: { 200: { description: 'As Meta answers' }, 400: envelope, 401: envelope },
  });
  for (const [kind, edges] of Object.entries(ROUTES)) {
    for (const [edge, methods] of Object.entries(edges)) {
      const node = `${kind}_id`;
      const path = `/{${node}}${edge && `/${edge}`}`;
      document.paths[path] = Object.fromEntries(
        Object.keys(methods).map((method) => [
          method.toLowerCase(),
          operation('Graph API', `${method} ${kind} ${edge}`.trim(), node),
        ]),
      );
    }
  }
  document.paths['/oauth/access_token'] = {
    get: operation('Graph API', 'Exchange a code or app credentials for a token'),
  };
  document.paths['/debug_token'] = { get: operation('Graph API', 'What a token is and may touch') };
}
