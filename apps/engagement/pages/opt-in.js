// The opt-in form of a shop's website, in one script tag whose src is /opt-in/FORM.js of this server. It stands where the
// tag stands, or in an element with data-paloma-opt-in="FORM". It asks nobody but the server it came from, stores nothing in
// the browser, and shares no style with the page (shadow tree). `lang` around it chooses the language.
(() => {
  const form = /*FORM*/ null;
  const script = document.currentScript;
  const api = new URL(script.src).origin;
  const place = document.querySelector(`[data-paloma-opt-in="${form.id}"]`) || script.parentElement;
  const wanted = place.closest('[lang]')?.lang || navigator.language || 'en';
  const language = ['es', 'pt', 'en'].find((one) => wanted.toLowerCase().startsWith(one)) || 'en';
  const texts = form.texts[language];

  const host = document.createElement('div');
  host.lang = language;
  if (place === script.parentElement) script.after(host);
  else place.append(host);
  const root = host.attachShadow({ mode: 'open' });
  const make = (tag, attributes = {}, ...inside) => {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
    element.append(...inside);
    return element;
  };

  // A style sheet made by script: pages whose policy forbids inline styles show the form all the same.
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(`
    :host { display: block; font: 16px/1.5 system-ui, sans-serif; color: #1c1e21; max-width: 26rem; }
    form { border: 1px solid #c8ccd1; border-radius: 12px; padding: 1.25rem; background: #fff; }
    h2 { font-size: 1.15rem; line-height: 1.3; margin: 0 0 .75rem; }
    label { display: block; font-weight: 600; }
    input[type=tel] { box-sizing: border-box; width: 100%; min-height: 44px; margin: .25rem 0 .75rem; padding: .5rem .75rem;
      font: inherit; color: inherit; background: #fff; border: 1px solid #767676; border-radius: 8px; }
    input[aria-invalid=true] { border-color: #b3261e; }
    .agree { display: flex; gap: .6rem; font-weight: 400; align-items: flex-start; margin-bottom: 1rem; }
    .agree input { flex: none; width: 24px; height: 24px; margin: 0; accent-color: #0b7a4b; }
    button, a.chat { box-sizing: border-box; display: block; width: 100%; min-height: 44px; padding: .6rem 1rem; font: inherit;
      font-weight: 600; text-align: center; text-decoration: none; color: #fff; background: #0b7a4b; border: 0;
      border-radius: 8px; cursor: pointer; }
    a.chat { margin-top: 1rem; }
    button[disabled] { opacity: .6; cursor: progress; }
    :focus-visible { outline: 3px solid #1a5fb4; outline-offset: 2px; }
    .said { margin: .75rem 0 0; }
    .said:empty { margin: 0; }
    .wrong { color: #b3261e; }
    .trap { position: absolute; left: -9999px; }
  `);
  root.adoptedStyleSheets = [sheet];

  const phone = make('input', {
    id: 'phone',
    type: 'tel',
    autocomplete: 'tel',
    inputmode: 'tel',
    required: '',
    placeholder: '+52 55 1234 5678',
    'aria-describedby': 'said',
  });
  const agree = make('input', { id: 'agree', type: 'checkbox', 'aria-describedby': 'said' });
  const trap = make('input', { tabindex: '-1', autocomplete: 'off', name: 'website' });
  const button = make('button', { type: 'submit' }, texts.button);
  const said = make('p', { id: 'said', class: 'said', role: 'status', 'aria-live': 'polite' });
  const fields = make(
    'form',
    { novalidate: '' },
    make('h2', {}, texts.title),
    make('label', { for: 'phone' }, texts.phone),
    phone,
    make('label', { class: 'agree', for: 'agree' }, agree, make('span', {}, texts.wording)),
    make('div', { class: 'trap', 'aria-hidden': 'true' }, trap),
    button,
    said,
  );
  root.append(fields);

  const tell = (text, wrong) => {
    said.className = wrong ? 'said wrong' : 'said';
    said.textContent = text;
    for (const field of [phone, agree]) field.removeAttribute('aria-invalid');
    if (!wrong) return;
    wrong.setAttribute('aria-invalid', 'true');
    wrong.focus();
  };

  fields.addEventListener('submit', async (event) => {
    event.preventDefault();
    if (phone.value.replace(/\D/g, '').length < 8) return tell(texts.phoneWrong, phone);
    if (!agree.checked) return tell(texts.agreeFirst, agree);
    button.disabled = true;
    try {
      const answer = await fetch(`${api}/opt-in/${form.id}`, {
        method: 'POST',
        credentials: 'omit',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({
          phone: phone.value,
          agreed: true,
          language,
          page: location.href.slice(0, 2_000),
          website: trap.value,
        }),
      });
      if (answer.status === 400) return tell(texts.phoneWrong, phone);
      if (!answer.ok) return tell(texts.later, button);
      const { state, chat_link: link } = await answer.json();
      tell(state === 'asked' ? texts.confirm : texts.thanks);
      const chat = make('a', { class: 'chat', href: link, target: '_blank', rel: 'noopener' }, texts.chat);
      for (const child of [...fields.children]) if (child !== said && child.tagName !== 'H2') child.remove();
      fields.append(chat);
      chat.focus();
    } catch {
      tell(texts.later, button);
    } finally {
      button.disabled = false;
    }
  });
})();
