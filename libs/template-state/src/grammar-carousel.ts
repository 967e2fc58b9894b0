import { checkButtons } from './grammar-buttons.js';
import type { GrammarCheck } from './grammar-problem.js';
import { checkBody, checkHeader } from './grammar-text.js';
import { componentsOf, type Fields, isFields, kindOf } from './template.js';

/**
 * Checks a carousel: 2 to 10 cards of one shape, each with a header (picture, film or product), perhaps a body, and up to
 * two buttons (Meta, media and product card carousel pages of 2025-11).
 */
export function checkCarousel(check: GrammarCheck, carousel: Fields, at: string): void {
  const { minCards, maxCards, cardBody, cardButtons } = check.limits;
  const cards = Array.isArray(carousel.cards) ? carousel.cards : [];
  if (cards.length < minCards || cards.length > maxCards) {
    check.report('cards_count', `${at}.cards`, `A carousel has ${minCards} to ${maxCards} cards, not ${cards.length}`);
    if (cards.length > 10 * maxCards) return;
  }
  // Product cards are made with two and sent with up to ten (product card carousel page of 2025-11).
  const ofProducts =
    kindOf(componentsOf(isFields(cards[0]) ? cards[0].components : [], 'HEADER')[0]?.format) === 'PRODUCT';
  if (ofProducts && cards.length !== minCards && cards.length >= minCards && cards.length <= maxCards) {
    const says = `A carousel of products is made with ${minCards} cards, whatever number is sent`;
    check.report('cards_count', `${at}.cards`, says);
  }
  const first = shapeOf(cards[0]);
  for (const [i, card] of cards.entries()) {
    const place = `${at}.cards[${i}]`;
    if (!isFields(card) || !Array.isArray(card.components)) {
      check.report('component_malformed', place, 'A card needs a list of components');
      continue;
    }
    if (shapeOf(card) !== first) {
      check.report('cards_differ', place, 'All cards need the same components and buttons as the first');
    }
    const header = componentsOf(card.components, 'HEADER')[0];
    if (!['IMAGE', 'VIDEO', 'PRODUCT'].includes(kindOf(header?.format))) {
      check.report('card_header_missing', place, 'A card needs a header of format IMAGE, VIDEO or PRODUCT');
    }
    for (const [j, component] of card.components.entries()) {
      const spot = `${place}.components[${j}]`;
      if (!isFields(component)) continue;
      const kind = kindOf(component.type);
      if (kind === 'HEADER' && component === header) checkHeader(check, component, spot);
      if (kind === 'BODY') checkBody(check, component, cardBody, spot);
      if (kind === 'FOOTER') check.report('component_not_allowed', spot, 'A card has no footer');
      if (kind === 'BUTTONS') {
        checkButtons(check, component.buttons, cardButtons, `${spot}.buttons`);
        checkKinds(check, component.buttons, ofProducts ? ON_PRODUCTS : ON_MEDIA, `${spot}.buttons`);
      }
    }
  }
}

const ON_MEDIA = ['QUICK_REPLY', 'URL', 'PHONE_NUMBER'];
const ON_PRODUCTS = ['SPM', 'URL'];

function checkKinds(check: GrammarCheck, buttons: unknown, allowed: readonly string[], at: string): void {
  for (const [i, button] of Array.isArray(buttons) ? buttons.entries() : []) {
    const kind = isFields(button) ? kindOf(button.type) : '';
    if (kind === '' || allowed.includes(kind)) continue;
    check.report('component_not_allowed', `${at}[${i}]`, `Such a card has buttons of type ${allowed.join(', ')} alone`);
  }
}

/** What must be alike on all cards, as one comparable text. */
function shapeOf(card: unknown): string {
  const components = isFields(card) && Array.isArray(card.components) ? card.components.filter(isFields) : [];
  return components
    .map((component) => {
      const buttons = Array.isArray(component.buttons) ? component.buttons.filter(isFields) : [];
      return [kindOf(component.type), kindOf(component.format), ...buttons.map((b) => kindOf(b.type))].join(':');
    })
    .sort()
    .join(' ');
}
