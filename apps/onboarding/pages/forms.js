// What forms of these pages have in common: what went wrong is said once above the form, and at each field by name.

import { $ } from './session.js';

/** Says what went wrong; without text it says nothing any more. */
export function problem(text) {
  $('problem').hidden = !text;
  $('problem').textContent = text ?? '';
  if (text) $('problem').scrollIntoView({ block: 'nearest' });
}

/** Marks a field, or takes the mark away. */
export function mark(input, mistake) {
  const id = `${input.id}-mistake`;
  let text = $(id);
  if (!text) {
    text = document.createElement('p');
    text.id = id;
    text.className = 'mistake';
    input.after(text);
  }
  text.hidden = !mistake;
  text.textContent = mistake ?? '';
  if (mistake) input.setAttribute('aria-invalid', 'true');
  else input.removeAttribute('aria-invalid');
  const described = new Set((input.getAttribute('aria-describedby') ?? '').split(' ').filter(Boolean));
  if (mistake) described.add(id);
  else described.delete(id);
  if (described.size > 0) input.setAttribute('aria-describedby', [...described].join(' '));
  else input.removeAttribute('aria-describedby');
}

/**
 * Marks every field with a mistake and goes to the first.
 *
 * @param textOf what helps with a field that is not filled in as it should be
 * @param refused what the server said of fields, by name: `{field: [texts]}`
 * @returns whether the form can be sent
 */
export function check(form, textOf, refused = {}) {
  const wrong = [...form.querySelectorAll('input, select, textarea')].filter((input) => {
    const isEmpty = input.required && input.type !== 'file' && input.value.trim() === '';
    const isWrong = isEmpty || !input.checkValidity() || refused[input.name];
    mark(input, isWrong ? textOf(input, refused[input.name]) : undefined);
    return isWrong;
  });
  wrong[0]?.focus();
  return wrong.length === 0;
}

/** Does something for each submit of a form, once at a time. */
export function onSubmit(form, work) {
  form.addEventListener('submit', async (submit) => {
    submit.preventDefault();
    const button = form.querySelector('[type=submit]');
    if (button.disabled) return;
    problem();
    button.disabled = true;
    try {
      await work(Object.fromEntries(new FormData(form)));
    } finally {
      button.disabled = false;
    }
  });
}

// What is mended is not marked any more.
document.addEventListener('input', ({ target }) => {
  if (target.hasAttribute('aria-invalid')) mark(target);
});
