import { type Attributes, personal } from './personal-parameters.js';

/** Where in a message a link stands: in a text, or behind a button, of which Meta keeps the beginning. */
export type Place = 'text' | 'button';

/** What is put in place of a link. @param nth counts the links of a message from 0 */
export type Replace = (link: string, nth: number, place: Place) => string;

interface Parameter {
  type?: unknown;
  text?: unknown;
}
interface Component {
  type?: unknown;
  sub_type?: unknown;
  parameters?: readonly Parameter[];
}

/**
 * The host of a link is written out, whatever stands behind it: attributes of a recipient never say where it leads to. It ends
 * where the word ends, so nothing is left of it beside what is put in its place.
 */
const LINK = /https?:\/\/[^\s{}/?#\\@]+(?:[/?#](?:\{\{[^{}]*\}\}|[^\s{}])*)?(?=\s|$)/gi;
/** What closes a sentence is none of the link's. */
const AFTER_LINK = /[.,;:!?)\]'"»]+$/;
/** Links of one message; their number is one byte of a code. */
const MOST_LINKS = 20;
const PLACEHOLDER = /\{\{[^{}]*\}\}/g;

/**
 * Replaces the links that a campaign's own words hold: in texts of the body, and the whole value of a button. Pure; the order
 * is that of the components, so a link has the same number whenever they are looked at.
 *
 * @param components Cloud API `template.components`, before attributes are put into them
 */
export function replaceLinks<T>(components: T, replace: Replace): T {
  if (!Array.isArray(components)) return components;
  let nth = 0;
  return components.map((component: Component) => {
    const place = placeOf(component);
    if (!place || !Array.isArray(component.parameters)) return component;
    const parameters = component.parameters.map((parameter: Parameter) => {
      if (typeof parameter.text !== 'string') return parameter;
      const text = parameter.text.replace(LINK, (found: string) => {
        const link = found.replace(AFTER_LINK, '');
        const isWhole = place === 'text' || link === (parameter.text as string).trim();
        if (!isWhole || !URL.canParse(link.replace(PLACEHOLDER, 'x'))) return found;
        return replace(link, nth++, place) + found.slice(link.length);
      });
      return { ...parameter, text: place === 'button' ? text.trim() : text };
    });
    return { ...component, parameters };
  }) as T;
}

/** The links of components, each at its number. */
export function linksOf(components: unknown): { link: string; place: Place; button?: number }[] {
  const links: { link: string; place: Place; button?: number }[] = [];
  for (const component of Array.isArray(components) ? components : []) {
    replaceLinks([component], (link, _, place) => {
      links.push({ link, place, ...(place === 'button' ? { button: Number(component.index ?? 0) } : {}) });
      return link;
    });
  }
  return links;
}

/**
 * Why the links of a variant cannot be counted; undefined if they can. Meta keeps what a button's address begins with in the
 * template, so a button is counted only if that is our host.
 *
 * @param template components of the template as Meta lists them
 * @param base     what counted links begin with
 */
export function whyNotCounted(components: unknown, template: unknown, base: string): string | undefined {
  const links = linksOf(components);
  if (links.length === 0)
    return 'hold no link that could be counted: write it into a text of the body or behind a button.';
  if (links.length > MOST_LINKS) return `hold more than ${MOST_LINKS} links.`;
  const listed = (Array.isArray(template) ? template : []).find((c) => String(c?.type).toUpperCase() === 'BUTTONS');
  const buttons: { url?: unknown }[] = Array.isArray(listed?.buttons) ? listed.buttons : [];
  const other = links.find(({ button }) => button !== undefined && buttons[button]?.url !== `${base}{{1}}`);
  return other && `button ${other.button} cannot be counted: in its template the address must be ${base}{{1}}.`;
}

/**
 * Where a link leads one recipient: its attributes are put in as parts of an address, so none of them adds any.
 *
 * @throws MissingAttribute
 */
export const targetOf = (link: string, attributes: Attributes): string =>
  personal(link, attributes, encodeURIComponent);

function placeOf({ type, sub_type: subType }: Component): Place | undefined {
  const kind = String(type).toLowerCase();
  if (kind === 'body') return 'text';
  return kind === 'button' && String(subType).toLowerCase() === 'url' ? 'button' : undefined;
}
