import { checkInteractive } from './check-interactive.js';
import { checkSource } from './check-source.js';
import { isFields, type Problems } from './problems.js';

// Limits: Meta's message type pages of 2025-11 and 2025-12.
const TEXT_BODY = 4096;
const CAPTION = 1024;
const CONTACTS = 257;

/** What each type must carry. A type that is not here is passed on as it came: Meta adds some before we learn of them. */
const CHECKS: Readonly<Record<string, (content: unknown, problems: Problems) => void>> = {
  text: (content, p) => p.text(p.object(content, 'text')?.body, 'text.body', TEXT_BODY),
  image: (content, p) => checkMedia(content, 'image', p),
  video: (content, p) => checkMedia(content, 'video', p),
  audio: (content, p) => checkMedia(content, 'audio', p),
  document: (content, p) => checkMedia(content, 'document', p),
  sticker: (content, p) => checkMedia(content, 'sticker', p),
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
    if (language) p.text(language.code, 'template.language.code', 20);
  },
};

/** Checks the object named after the type, as far as we know the type. */
export function checkContent(type: string, content: unknown, problems: Problems): void {
  if (Object.hasOwn(CHECKS, type)) CHECKS[type]?.(content, problems);
  else if (typeof content !== 'object' || content === null) problems.missing(type, `is required with type ${type}`);
}

function checkMedia(content: unknown, at: string, p: Problems): void {
  const media = p.object(content, at);
  if (!media) return;
  checkSource(media, at, p);
  p.text(media.caption, `${at}.caption`, CAPTION, 'optional');
}

function checkLocation(content: unknown, p: Problems): void {
  const location = p.object(content, 'location');
  if (!location) return;
  for (const [name, most] of [
    ['latitude', 90],
    ['longitude', 180],
  ] as const) {
    const value = location[name];
    if (value === undefined || value === '') p.missing(`location.${name}`);
    // Text is accepted too (Meta, location messages page of 2025-11).
    else if (!(Math.abs(Number(value)) <= most)) {
      p.invalid(`location.${name}`, `must be a number from -${most} to ${most}`);
    }
  }
}

function checkContacts(content: unknown, p: Problems): void {
  for (const [i, contact] of p.items(content, 'contacts', 1, CONTACTS).entries()) {
    const name = isFields(contact) ? p.object(contact.name, `contacts[${i}].name`) : undefined;
    if (!isFields(contact)) p.invalid(`contacts[${i}]`, 'must be an object');
    else if (name) p.text(name.formatted_name, `contacts[${i}].name.formatted_name`, 1024);
  }
}
