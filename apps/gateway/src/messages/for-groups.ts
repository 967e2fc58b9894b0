import { refuse } from '../graph-envelope/refuse.js';
import { isFields } from './problems.js';

/** What groups can be sent: text, media, and templates of these (Meta, groups, 2025-11). */
export const FOR_GROUPS: ReadonlySet<string> = new Set([
  'text',
  'image',
  'video',
  'audio',
  'document',
  'sticker',
  'template',
]);

const OTHER_HEADERS: ReadonlySet<unknown> = new Set(['LOCATION', 'PRODUCT']);

/** What makes a template more than text and media; what we do not know is left to Meta. */
function otherKindIn(components: unknown): string | undefined {
  for (const component of Array.isArray(components) ? components.filter(isFields) : []) {
    const [type, format] = [component.type, component.format].map((word) => String(word ?? '').toUpperCase());
    if (type === 'CAROUSEL') return 'a carousel';
    if (type === 'HEADER' && OTHER_HEADERS.has(format)) return `a header of format ${format}`;
  }
  return undefined;
}

/** @throws Refusal for a template that is of something else than text and media */
export function requireForGroups({ name, components }: { name: string; components: unknown }): void {
  const other = otherKindIn(components);
  if (!other) return;
  throw refuse(
    'invalid_value',
    `template name (${name}): has ${other}, which cannot be sent to a group. Send a template of text, or with an image, a video or a document.`,
  );
}
