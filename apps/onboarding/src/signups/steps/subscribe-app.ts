import { type DoStep, needed } from '../step-tools.js';

interface Subscription {
  whatsapp_business_api_data?: { id?: string };
  override_callback_uri?: string;
}

/**
 * Subscribes our app to the WABA with the gateway as callback; Meta tries the callback's handshake before it agrees.
 * Template and account events go to the app's own callback all the same (meta, webhooks, 2025-11).
 */
export const subscribeApp: DoStep = async ({ facts, token }, { graph, app, callback }) => {
  const path = `/${needed(facts.wabaId, 'a WABA id')}/subscribed_apps`;
  const { data } = await graph.call<{ data?: Subscription[] }>({ path, token: needed(token, 'a token') });
  const isOurs = (s: Subscription) =>
    s.whatsapp_business_api_data?.id === app.id && s.override_callback_uri === callback.url;
  if (data?.some(isOurs)) return { is: 'done' };
  await graph.call({
    method: 'POST',
    path,
    body: { override_callback_uri: callback.url, verify_token: callback.verifyToken },
    token: needed(token, 'a token'),
  });
  return { is: 'done' };
};
