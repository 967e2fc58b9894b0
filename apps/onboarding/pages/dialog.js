// Meta's dialog. It tells two things that arrive apart, in any order: a code, through the SDK, and message events.

import { $, page } from './session.js';

let ready = false;
let heard = false; // whether the dialog has told anything since it was opened

/** @param told called with each WA_EMBEDDED_SIGNUP event, @param noSdk when the SDK could not be loaded */
export function listenToDialog(told, noSdk) {
  const init = () => {
    window.FB.init({ appId: page.appId, autoLogAppEvents: true, xfbml: true, version: page.graphVersion });
    ready = true;
  };
  if (window.FB) init();
  else window.fbAsyncInit = init;
  $('sdk').addEventListener('error', noSdk);
  window.addEventListener('message', (message) => {
    if (!isMeta(message.origin) || typeof message.data !== 'string') return;
    let event;
    try {
      event = JSON.parse(message.data);
    } catch {
      return; // Meta's SDK posts other texts too.
    }
    if (event?.type !== 'WA_EMBEDDED_SIGNUP') return;
    heard = true;
    told(event);
  });
}

/** Messages count only from Meta's own hosts, or from where the SDK was loaded (development). */
function isMeta(origin) {
  if (origin === page.sdkOrigin) return true;
  try {
    const { protocol, hostname } = new URL(origin);
    return protocol === 'https:' && (hostname === 'facebook.com' || hostname.endsWith('.facebook.com'));
  } catch {
    return false;
  }
}

export const isDialogReady = () => ready;

/**
 * Opens the dialog. To be called in the click itself: a browser blocks a window that opens later.
 *
 * @param about `company` as the dialog suggests it, `keepsApp` for a number that stays in the WhatsApp Business app
 * @param done called with the code; with nothing when the window was blocked or closed without a word
 */
export function openDialog({ company, keepsApp }, done) {
  heard = false;
  window.FB.login(
    (response) => {
      const code = response?.authResponse?.code;
      if (code || !heard) done(code);
    },
    {
      config_id: page.configId,
      response_type: 'code',
      override_default_response_type: true,
      extras: {
        setup: { business: { name: company } },
        sessionInfoVersion: '3',
        version: 'v4',
        ...(keepsApp ? { featureType: 'whatsapp_business_app_onboarding' } : {}),
      },
    },
  );
}
