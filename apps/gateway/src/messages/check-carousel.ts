import { checkLink, checkSource } from './check-source.js';
import { type Fields, isFields, type Problems } from './problems.js';

// Limits: Meta's interactive carousel pages of 2025-11 (media cards and product cards).
const CARDS = { least: 2, most: 10 } as const;
const BODY = 160;
const BODY_BREAKS = 2;
const LABEL = 20;

const AT = 'interactive.action.cards';

/** Cards of one kind, each with the same buttons: pictures with links or replies, or products of one catalogue. */
export function checkCarousel(action: Fields, p: Problems): void {
  const cards = p.items(action.cards, AT, CARDS.least, CARDS.most);
  const indexes = new Set<number>();
  const shapes = new Set<string>();
  for (const [i, card] of cards.entries()) {
    const at = `${AT}[${i}]`;
    if (!isFields(card)) {
      p.invalid(at, 'must be an object');
      continue;
    }
    const index = Number(card.card_index ?? i);
    if (!(Number.isInteger(index) && index >= 0 && index < CARDS.most) || indexes.has(index)) {
      p.invalid(`${at}.card_index`, `must be a number from 0 to ${CARDS.most - 1} that no other card has`);
    }
    indexes.add(index);
    const inside = p.object(card.action, `${at}.action`);
    if (!inside) continue;
    if (card.type === 'product') shapes.add(checkProduct(inside, `${at}.action`, p));
    else shapes.add(checkMediaCard(card, inside, at, p));
  }
  if (shapes.size > 1) {
    p.invalid(AT, 'must all have the same kind and number of buttons, and products of one catalogue');
  }
}

/** @returns what the other cards must have too */
function checkProduct(action: Fields, at: string, p: Problems): string {
  p.text(action.catalog_id, `${at}.catalog_id`, 100);
  p.text(action.product_retailer_id, `${at}.product_retailer_id`, 200);
  return `product of ${String(action.catalog_id)}`;
}

function checkMediaCard(card: Fields, action: Fields, at: string, p: Problems): string {
  const header = p.object(card.header, `${at}.header`);
  if (header) {
    p.word(header.type, `${at}.header.type`, ['image', 'video']);
    if (header.type === 'image' || header.type === 'video') {
      const media = p.object(header[header.type], `${at}.header.${header.type}`);
      if (media) checkSource(media, `${at}.header.${header.type}`, p);
    }
  }
  const text = isFields(card.body) ? card.body.text : undefined;
  p.text(text, `${at}.body.text`, BODY, 'optional');
  if (typeof text === 'string' && text.split('\n').length - 1 > BODY_BREAKS) {
    p.invalid(`${at}.body.text`, `must have at most ${BODY_BREAKS} line breaks`);
  }
  if (action.buttons === undefined) {
    const parameters = p.object(action.parameters, `${at}.action.parameters`);
    if (parameters) checkLink(parameters, `${at}.action.parameters`, p);
    return 'one link';
  }
  const buttons = p.items(action.buttons, `${at}.action.buttons`, 1, 3);
  for (const [j, button] of buttons.entries()) {
    const place = `${at}.action.buttons[${j}].quick_reply`;
    const reply = p.object(isFields(button) ? button.quick_reply : undefined, place);
    if (!reply) continue;
    p.text(reply.id, `${place}.id`, LABEL);
    p.text(reply.title, `${place}.title`, LABEL);
  }
  return `${buttons.length} replies`;
}
