// A stand-in for Meta's JavaScript SDK: FB.init and FB.login, as Embedded Signup uses them. The pop-up it opens is served
// by the sandbox, which this script finds by its own address.
(() => {
  const home = new URL(document.currentScript.src).origin;
  let settings = {};

  window.FB = {
    init(given) {
      settings = given || {};
    },

    /** Calls back with `{authResponse: {code}, status: 'connected'}`, or `{authResponse: null, status: 'unknown'}`. */
    login(callback, options = {}) {
      const query = new URLSearchParams({
        client_id: settings.appId || '',
        config_id: options.config_id || '',
        response_type: options.response_type || 'code',
        override_default_response_type: String(options.override_default_response_type || false),
        extras: JSON.stringify(options.extras || {}),
        origin: location.origin,
      });
      const version = settings.version ? `/${settings.version}` : '';
      const popup = window.open(`${home}${version}/dialog/oauth?${query}`, 'sandbox_signup', 'width=560,height=760');
      let answered = false;
      const answer = (response) => {
        if (answered) return;
        answered = true;
        clearInterval(watch);
        window.removeEventListener('message', listen);
        callback(response);
      };
      const listen = (event) => {
        if (event.origin !== home || event.source !== popup || event.data?.type !== 'SANDBOX_LOGIN') return;
        const { code } = event.data;
        answer(code ? { authResponse: { code }, status: 'connected' } : { authResponse: null, status: 'unknown' });
      };
      // A pop-up that was blocked, or closed by its frame, says nothing.
      const watch = setInterval(() => {
        if (!popup || popup.closed) setTimeout(() => answer({ authResponse: null, status: 'unknown' }), 300);
      }, 300);
      window.addEventListener('message', listen);
    },

    getLoginStatus(callback) {
      callback({ authResponse: null, status: 'unknown' });
    },
    logout(callback) {
      callback?.({});
    },
    AppEvents: { logPageView() {} },
    XFBML: { parse() {} },
    Event: { subscribe() {} },
  };
  if (typeof window.fbAsyncInit === 'function') setTimeout(() => window.fbAsyncInit());
})();
