import { verifyCallback } from '../webhooks/handshake.js';
import { type GraphCall, requireText, text } from './graph-call.js';
import { badParameter, GraphError } from './graph-error.js';

const SCOPES = ['whatsapp_business_management', 'whatsapp_business_messaging'];

/**
 * `/oauth/access_token`: a code of Embedded Signup for a business token, or app credentials for an app token.
 * @throws GraphError 100 for a code that is unknown, used (36009) or older than 30 s (36007), 101 for a wrong secret.
 */
export function accessToken(call: GraphCall): Record<string, unknown> {
  const { world } = call;
  const app = world.get('app', requireText(call, 'client_id'));
  if (!app || app.secret !== requireText(call, 'client_secret'))
    throw new GraphError(101, 'Wrong client_id or client_secret.', { message: 'Error validating client secret.' });
  if (text(call, 'grant_type') === 'client_credentials')
    return { access_token: `${app.id}|${app.secret}`, token_type: 'bearer' };
  const code = world.codes.get(requireText(call, 'code'));
  const refuse = (subcode: number, message: string) => new GraphError(100, message, { subcode, message });
  if (!code || code.appId !== app.id) throw refuse(36008, 'Invalid verification code format.');
  if (code.used) throw refuse(36009, 'This authorization code has been used.');
  if (code.expiresAt <= world.now()) throw refuse(36007, 'This authorization code has expired.');
  code.used = true;
  const user = world.addSystemUser('Business integration system user');
  const token = world.addToken({
    type: 'SYSTEM_USER',
    appId: app.id,
    userId: user.id,
    wabaIds: new Set([code.wabaId]),
  });
  return { access_token: token.value, token_type: 'bearer' };
}

/** `/debug_token?input_token=` (meta/onboarding.md §2). An unknown token is told as not valid, not refused. */
export function debugToken(call: GraphCall): Record<string, unknown> {
  const { world } = call;
  const value = requireText(call, 'input_token');
  const token = world.tokens.get(value);
  const [appId, secret] = value.split('|');
  const asApp = world.get('app', appId);
  if (!token && asApp && asApp.secret === secret)
    return {
      data: { app_id: asApp.id, type: 'APP', application: asApp.name, is_valid: true, expires_at: 0, scopes: [] },
    };
  if (!token)
    return {
      data: { is_valid: false, scopes: [], error: { code: 190, message: 'Invalid OAuth access token.', subcode: 467 } },
    };
  const alive = token.expiresAt === undefined || token.expiresAt > world.now();
  // The newest WABA is first; the partner's system user may touch all of them.
  const targets = [...(token.wabaIds ?? Array.from(world.all('waba'), (waba) => waba.id))].reverse();
  return {
    data: {
      app_id: token.appId,
      application: world.get('app', token.appId)?.name,
      type: token.type,
      is_valid: alive,
      expires_at: token.expiresAt === undefined ? 0 : Math.floor(token.expiresAt / 1000),
      data_access_expires_at: 0,
      scopes: SCOPES,
      granular_scopes: SCOPES.map((scope) => ({ scope, target_ids: targets })),
      user_id: token.userId,
    },
  };
}

/** `POST /{app-id}/subscriptions`: sets the app's callback and fields, with the app token, after the handshake. */
export async function subscribeApp(call: GraphCall): Promise<Record<string, unknown>> {
  const app = call.world.get('app', call.segments[0])!;
  if (call.rawToken !== `${app.id}|${app.secret}`)
    throw new GraphError(190, 'This call needs the app token.', {
      message: '(#190) This method must be called with an app access token',
    });
  if (requireText(call, 'object') !== 'whatsapp_business_account')
    throw badParameter('Param object must be whatsapp_business_account.');
  const url = requireText(call, 'callback_url');
  const verifyToken = requireText(call, 'verify_token');
  await verifyCallback(url, verifyToken);
  app.callbackUrl = url;
  app.verifyToken = verifyToken;
  const fields = call.params.fields;
  const names = Array.isArray(fields)
    ? fields.map(String)
    : text(call, 'fields')
        ?.split(',')
        .map((name) => name.trim());
  app.fields = names?.length ? new Set(names) : undefined;
  return { success: true };
}

export function appSubscriptions(call: GraphCall): Record<string, unknown> {
  const app = call.world.get('app', call.segments[0])!;
  if (!app.callbackUrl) return { data: [] };
  const fields = [...(app.fields ?? ['messages', 'message_template_status_update', 'account_update'])];
  return {
    data: [
      {
        object: 'whatsapp_business_account',
        callback_url: app.callbackUrl,
        active: true,
        fields: fields.map((name) => ({ name, version: 'v24.0' })),
      },
    ],
  };
}
