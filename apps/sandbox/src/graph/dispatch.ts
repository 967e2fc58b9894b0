import type { Token } from '../state/records.js';
import type { World } from '../state/world.js';
import type { GraphCall } from './graph-call.js';
import { GraphError, noSuchObject } from './graph-error.js';
import { accessToken, debugToken } from './oauth.js';
import { ROUTES } from './routes.js';
import { upload } from './uploads.js';

/**
 * Answers a Graph call.
 * @throws GraphError for every refusal: 190 token, 100/33 no such object, 2500 no such edge.
 */
export function dispatch(call: GraphCall): unknown {
  const [first, edge = ''] = call.segments;
  if (first === 'oauth' && edge === 'access_token') return accessToken(call);
  call.token = authenticate(call.world, call.rawToken);
  if (first === 'debug_token') return debugToken(call);
  if (first === undefined) throw new GraphError(2500, 'The path names no object.');
  if (first.startsWith('upload:')) return upload(call);
  const node = call.world.nodes.get(first === 'me' ? call.token.userId : first);
  if (!node) throw noSuchObject(first);
  const methods = ROUTES[node.kind][edge];
  const handler = methods?.[call.method];
  if (!handler) {
    throw methods || edge === ''
      ? new GraphError(100, `Unsupported ${call.method.toLowerCase()} request.`, {
          subcode: 33,
          message: `(#100) Unsupported ${call.method.toLowerCase()} request`,
        })
      : new GraphError(2500, `Unknown path components: /${edge}`);
  }
  return handler(call);
}

/** @throws GraphError 190 (HTTP 401) for a token that is absent, unknown (467) or expired (463). */
function authenticate(world: World, value: string | undefined): Token {
  if (!value)
    throw new GraphError(190, 'An access token is required.', {
      message: '(#190) An access token is required to request this resource.',
    });
  const token = world.tokens.get(value) ?? appToken(world, value);
  if (!token)
    throw new GraphError(190, 'The token is unknown or was revoked.', {
      subcode: 467,
      message: '(#190) Invalid OAuth access token',
    });
  if (token.expiresAt !== undefined && token.expiresAt <= world.now())
    throw new GraphError(190, 'The token has expired; get another.', { subcode: 463 });
  return token;
}

/** An app token is `APP_ID|APP_SECRET`; it may touch the app and nothing of its customers. */
function appToken(world: World, value: string): Token | undefined {
  const bar = value.indexOf('|');
  const app = bar > 0 ? world.get('app', value.slice(0, bar)) : undefined;
  if (app?.secret !== value.slice(bar + 1) || !app) return undefined;
  return { value, type: 'APP', appId: app.id, userId: app.id, wabaIds: new Set() };
}
