import { checkCarousel } from './check-carousel.js';
import { checkOrderDetails, checkOrderStatus } from './check-order.js';
import { checkLink, checkSource } from './check-source.js';
import { type Fields, isFields, type Problems } from './problems.js';

// Limits: Meta's interactive message pages of 2025-11 and 2025-12.
const BODY = 1024;
const LIST_BODY = 4096;
const LABEL = 20;
const ROWS = 10;
const PRODUCTS = 30;

interface Rule {
  /** Longest body; `bodyOptional` where the message may have none. */
  body: number;
  bodyOptional?: true;
  header: 'any' | 'text' | 'needs-text' | 'none';
  footer?: 'none';
  /** What `action.name` must say; absent where the action has no name. */
  name?: string;
  action?: (action: Fields, p: Problems) => void;
}

const A = 'interactive.action';

const parameters = (action: Fields, p: Problems): Fields => p.object(action.parameters, `${A}.parameters`) ?? {};

/** What each kind must carry. A kind that is not here is passed on as it came: Meta adds some before we learn of them. */
const RULES: Readonly<Record<string, Rule>> = {
  button: { body: BODY, header: 'any', action: checkButtons },
  list: { body: LIST_BODY, header: 'text', action: checkList },
  cta_url: {
    body: BODY,
    header: 'any',
    name: 'cta_url',
    action: (action, p) => checkLink(parameters(action, p), `${A}.parameters`, p),
  },
  location_request_message: { body: BODY, header: 'none', footer: 'none', name: 'send_location' },
  flow: { body: BODY, header: 'any', name: 'flow', action: (action, p) => checkFlow(parameters(action, p), p) },
  product: {
    body: BODY,
    bodyOptional: true,
    header: 'none',
    action: (action, p) => {
      p.text(action.catalog_id, `${A}.catalog_id`, 100);
      p.text(action.product_retailer_id, `${A}.product_retailer_id`, 200);
    },
  },
  product_list: {
    body: BODY,
    header: 'needs-text',
    action: (action, p) => {
      p.text(action.catalog_id, `${A}.catalog_id`, 100);
      checkSections(action.sections, 'product_items', PRODUCTS, p, (item, at) =>
        p.text(item.product_retailer_id, `${at}.product_retailer_id`, 200),
      );
    },
  },
  catalog_message: { body: BODY, header: 'any', name: 'catalog_message' },
  carousel: { body: BODY, header: 'none', footer: 'none', action: (action, p) => checkCarousel(action, p) },
  address_message: {
    body: BODY,
    header: 'any',
    name: 'address_message',
    action: (action, p) => p.text(parameters(action, p).country, `${A}.parameters.country`, 2),
  },
  call_permission_request: { body: BODY, bodyOptional: true, header: 'any', name: 'call_permission_request' },
  voice_call: {
    body: BODY,
    header: 'any',
    name: 'voice_call',
    // Names beyond the calling pages are from general knowledge, so what is absent is let through.
    action: (action, p) => {
      if (!isFields(action.parameters)) return;
      p.text(action.parameters.display_text, `${A}.parameters.display_text`, LABEL, 'optional');
    },
  },
  order_details: {
    body: BODY,
    header: 'any',
    name: 'review_and_pay',
    action: (action, p) => checkOrderDetails(parameters(action, p), `${A}.parameters`, p),
  },
  order_status: {
    body: BODY,
    header: 'none',
    name: 'review_order',
    action: (action, p) => checkOrderStatus(parameters(action, p), `${A}.parameters`, p),
  },
};

/** Checks an interactive message by the rule of its kind; one of a kind that we do not know passes. */
export function checkInteractive(interactive: Fields, p: Problems): void {
  const { type } = interactive;
  if (typeof type !== 'string' || type === '') {
    p.missing('interactive.type');
    return;
  }
  const rule = Object.hasOwn(RULES, type) ? RULES[type] : undefined;
  if (!rule) return;
  const action = p.object(interactive.action, A);
  const body = isFields(interactive.body) ? interactive.body.text : undefined;
  p.text(body, 'interactive.body.text', rule.body, rule.bodyOptional && 'optional');
  checkFooter(interactive.footer, rule.footer, p);
  checkHeader(interactive.header, rule.header, p);
  if (!action) return;
  if (rule.name) p.word(action.name, `${A}.name`, [rule.name]);
  rule.action?.(action, p);
}

function checkFooter(footer: unknown, allowed: Rule['footer'], p: Problems): void {
  if (footer === undefined || footer === null) return;
  if (allowed === 'none') p.invalid('interactive.footer', 'is not allowed in this kind of message');
  else if (isFields(footer)) p.text(footer.text, 'interactive.footer.text', 60);
  else p.invalid('interactive.footer', 'must be an object');
}

function checkHeader(header: unknown, allowed: Rule['header'], p: Problems): void {
  const at = 'interactive.header';
  if (header === undefined || header === null) {
    if (allowed === 'needs-text') p.missing(at);
  } else if (!isFields(header)) p.invalid(at, 'must be an object');
  else if (allowed === 'none') p.invalid(at, 'is not allowed in this kind of message');
  else if (header.type === 'text') p.text(header.text, `${at}.text`, 60);
  else if (allowed !== 'any') p.invalid(`${at}.type`, 'must be text in this kind of message');
  else if (header.type !== 'image' && header.type !== 'video' && header.type !== 'document') {
    p.invalid(`${at}.type`, 'must be text, image, video or document');
  } else {
    const media = p.object(header[header.type], `${at}.${header.type}`);
    if (media) checkSource(media, `${at}.${header.type}`, p);
  }
}

function checkFlow(given: Fields, p: Problems): void {
  const at = `${A}.parameters`;
  const { flow_id, flow_name, flow_cta, flow_message_version: version, flow_action_payload: payload } = given;
  if (!flow_id && !flow_name) p.missing(`${at}.flow_id`, 'or flow_name is required');
  if (version === undefined || version === null || version === '') {
    p.missing(`${at}.flow_message_version`, 'is required: "3"');
  }
  // 30 are advised by Meta's Flows pages; some clients stop at 20.
  p.text(flow_cta, `${at}.flow_cta`, 30);
  if (typeof flow_cta === 'string' && /\p{Extended_Pictographic}/u.test(flow_cta)) {
    p.invalid(`${at}.flow_cta`, 'must have no emoji');
  }
  p.word(given.mode, `${at}.mode`, ['draft', 'published'], 'optional');
  p.word(given.flow_action, `${at}.flow_action`, ['navigate', 'data_exchange'], 'optional');
  const data = isFields(payload) ? payload.data : undefined;
  if (isFields(data) && Object.keys(data).length === 0) {
    p.invalid(`${at}.flow_action_payload.data`, 'must not be empty; leave it out instead');
  }
}

function checkButtons(action: Fields, p: Problems): void {
  const ids = new Set<unknown>();
  const titles = new Set<unknown>();
  for (const [i, button] of p.items(action.buttons, `${A}.buttons`, 1, 3).entries()) {
    const at = `${A}.buttons[${i}].reply`;
    const reply = p.object(isFields(button) ? button.reply : undefined, at);
    if (!reply) continue;
    p.text(reply.id, `${at}.id`, 256);
    p.text(reply.title, `${at}.title`, LABEL);
    if (ids.has(reply.id)) p.invalid(`${at}.id`, 'must differ from those of the other buttons');
    if (titles.has(reply.title)) p.invalid(`${at}.title`, 'must differ from those of the other buttons');
    ids.add(reply.id);
    titles.add(reply.title);
  }
}

function checkList(action: Fields, p: Problems): void {
  const ids = new Set<unknown>();
  p.text(action.button, `${A}.button`, LABEL);
  checkSections(action.sections, 'rows', ROWS, p, (row, at) => {
    p.text(row.id, `${at}.id`, 200);
    p.text(row.title, `${at}.title`, 24);
    p.text(row.description, `${at}.description`, 72, 'optional');
    if (ids.has(row.id)) p.invalid(`${at}.id`, 'must differ from those of the other rows');
    ids.add(row.id);
  });
}

/** Sections with a title (needed as soon as there are two) and their items, counted over all of them. */
function checkSections(
  sections: unknown,
  items: 'rows' | 'product_items',
  most: number,
  p: Problems,
  check: (item: Fields, at: string) => void,
): void {
  const list = p.items(sections, `${A}.sections`, 1, 10);
  let count = 0;
  for (const [i, section] of list.entries()) {
    const at = `${A}.sections[${i}]`;
    if (!isFields(section)) {
      p.invalid(at, 'must be an object');
      continue;
    }
    p.text(section.title, `${at}.title`, 24, list.length > 1 ? undefined : 'optional');
    const inside = p.items(section[items], `${at}.${items}`, 1, most);
    count += inside.length;
    for (const [j, item] of inside.entries()) {
      if (isFields(item)) check(item, `${at}.${items}[${j}]`);
      else p.invalid(`${at}.${items}[${j}]`, 'must be an object');
    }
  }
  if (count > most) p.invalid(`${A}.sections`, `have ${count} ${items} together; at most ${most} are allowed`);
}
