import { checkInteractive } from './check-interactive.js';
import { checkSource } from './check-source.js';
import { type Fields, isFields, type Problems } from './problems.js';

// Limits: Meta's message type pages of 2025-11 and 2025-12.
const TEXT_BODY = 4096;
const CAPTION = 1024;
const CONTACTS = 257;

/**
 * What each type must carry. Meta refuses a type that is not of its list at once with 100, so we do too (message object of
 * the OpenAPI document v23.0): kinds of `interactive` and fields that we do not know are passed on, types are not.
 */
const CHECKS: Readonly<Record<string, (content: unknown, problems: Problems) => void>> = {
  text: (content, p) => p.text(p.object(content, 'text')?.body, 'text.body', TEXT_BODY),
  image: (content, p) => void checkMedia(content, 'image', p),
  video: (content, p) => void checkMedia(content, 'video', p),
  audio: (content, p) => {
    const audio = checkMedia(content, 'audio', p, 'no caption');
    if (audio?.voice !== undefined && typeof audio.voice !== 'boolean')
      p.invalid('audio.voice', 'must be true or false');
  },
  document: (content, p) => void checkMedia(content, 'document', p),
  sticker: (content, p) => void checkMedia(content, 'sticker', p, 'no caption'),
  location: checkLocation,
  contacts: checkContacts,
  reaction: (content, p) => {
    const reaction = p.object(content, 'reaction');
    if (!reaction) return;
    p.text(reaction.message_id, 'reaction.message_id', 512);
    // Empty takes the reaction away.
    if (typeof reaction.emoji !== 'string') p.missing('reaction.emoji', 'is required; an empty text takes it away');
  },
  interactive: (content, p) => {
    const interactive = p.object(content, 'interactive');
    if (interactive) checkInteractive(interactive, p);
  },
  template: (content, p) => {
    const template = p.object(content, 'template');
    if (!template) return;
    p.text(template.name, 'template.name', 512);
    const language = p.object(template.language, 'template.language');
    if (!language) return;
    p.text(language.code, 'template.language.code', 20);
    p.word(language.policy, 'template.language.policy', ['deterministic'], 'optional');
  },
};

/** Every type of message that Meta takes. */
export const MESSAGE_TYPES: readonly string[] = Object.keys(CHECKS);

/** Checks the object named after the type. */
export function checkContent(type: string, content: unknown, problems: Problems): void {
  if (!Object.hasOwn(CHECKS, type)) {
    problems.unfit('type', `must be one of ${MESSAGE_TYPES.join(', ')}; ${type} is none of them`);
  } else CHECKS[type]?.(content, problems);
}

function checkMedia(content: unknown, at: string, p: Problems, caption?: 'no caption'): Fields | undefined {
  const media = p.object(content, at);
  if (!media) return undefined;
  checkSource(media, at, p);
  if (!caption) p.text(media.caption, `${at}.caption`, CAPTION, 'optional');
  else if (media.caption !== undefined && media.caption !== null && media.caption !== '') {
    p.unfit(`${at}.caption`, 'is not allowed in this type of message');
  }
  return media;
}

function checkLocation(content: unknown, p: Problems): void {
  const location = p.object(content, 'location');
  if (!location) return;
  for (const [name, most] of [
    ['latitude', 90],
    ['longitude', 180],
  ] as const) {
    const value = location[name];
    if (value === undefined || value === null || value === '') p.missing(`location.${name}`);
    // Text is accepted too (Meta, location messages page of 2025-11); what else JavaScript takes for 0 or 1 is no place.
    else if (!isNumeral(value) || !(Math.abs(Number(value)) <= most)) {
      p.invalid(`location.${name}`, `must be a number from -${most} to ${most}`);
    }
  }
}

const isNumeral = (value: unknown): boolean =>
  typeof value === 'number' || (typeof value === 'string' && value.trim() !== '');

function checkContacts(content: unknown, p: Problems): void {
  for (const [i, contact] of p.items(content, 'contacts', 1, CONTACTS).entries()) {
    const name = isFields(contact) ? p.object(contact.name, `contacts[${i}].name`) : undefined;
    if (!isFields(contact)) p.invalid(`contacts[${i}]`, 'must be an object');
    else if (name) p.text(name.formatted_name, `contacts[${i}].name.formatted_name`, 1024);
    const birthday = isFields(contact) ? contact.birthday : undefined;
    // Clients write an empty one where there is none.
    if (birthday && !(typeof birthday === 'string' && /^\d{4}-\d{2}-\d{2}$/.test(birthday))) {
      p.invalid(`contacts[${i}].birthday`, 'must be written YYYY-MM-DD');
    }
  }
}
