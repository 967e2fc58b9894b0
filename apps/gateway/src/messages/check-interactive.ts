import { checkSource } from './check-source.js';
import { type Fields, isFields, type Problems } from './problems.js';

// Limits: Meta's interactive message pages of 2025-11 and 2025-12.
const BODY = 1024;
const LIST_BODY = 4096;
const LABEL = 20;
const ROWS = 10;
const PRODUCTS = 30;

type Rule = {
  /** Longest body; `optional` where the message may have none. */
  body: number;
  bodyOptional?: true;
  header: 'any' | 'text' | 'needs-text' | 'none';
  action: (action: Fields, p: Problems) => void;
};

const parameters = (action: Fields, p: Problems): Fields =>
  p.object(action.parameters, 'interactive.action.parameters') ?? {};
const A = 'interactive.action';

/** What each kind must carry. A kind that is not here is passed on as it came. */
const RULES: Readonly<Record<string, Rule>> = {
  button: { body: BODY, header: 'any', action: checkButtons },
  list: { body: LIST_BODY, header: 'text', action: checkList },
  cta_url: {
    body: BODY,
    header: 'any',
    action: (action, p) => {
      const { display_text, url } = parameters(action, p);
      p.text(display_text, `${A}.parameters.display_text`, LABEL);
      p.text(url, `${A}.parameters.url`, 2000);
    },
  },
  location_request_message: { body: BODY, header: 'none', action: () => {} },
  flow: {
    body: BODY,
    header: 'any',
    action: (action, p) => {
      const { flow_id, flow_name, flow_cta } = parameters(action, p);
      if (!flow_id && !flow_name) p.missing(`${A}.parameters.flow_id`, 'or flow_name is required');
      p.text(flow_cta, `${A}.parameters.flow_cta`, 30);
    },
  },
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
      checkSections(action.sections, 'product_items', PRODUCTS, p);
    },
  },
  catalog_message: { body: BODY, header: 'any', action: () => {} },
  carousel: {
    body: BODY,
    header: 'none',
    action: (action, p) => void p.items(action.cards, `${A}.cards`, 2, 10),
  },
  address_message: {
    body: BODY,
    header: 'any',
    action: (action, p) => p.text(parameters(action, p).country, `${A}.parameters.country`, 2),
  },
  call_permission_request: { body: BODY, bodyOptional: true, header: 'any', action: () => {} },
};

export function checkInteractive(interactive: Fields, p: Problems): void {
  const { type } = interactive;
  if (typeof type !== 'string' || type === '') {
    p.missing('interactive.type');
    return;
  }
  const action = p.object(interactive.action, A);
  const rule = Object.hasOwn(RULES, type) ? RULES[type] : undefined;
  if (!rule) return;
  const body = isFields(interactive.body) ? interactive.body.text : undefined;
  p.text(body, 'interactive.body.text', rule.body, rule.bodyOptional && 'optional');
  if (isFields(interactive.footer)) p.text(interactive.footer.text, 'interactive.footer.text', 60);
  checkHeader(interactive.header, rule.header, p);
  if (action) rule.action(action, p);
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

function checkButtons(action: Fields, p: Problems): void {
  const titles = new Set<string>();
  for (const [i, button] of p.items(action.buttons, `${A}.buttons`, 1, 3).entries()) {
    const at = `${A}.buttons[${i}].reply`;
    const reply = p.object(isFields(button) ? button.reply : undefined, at);
    if (!reply) continue;
    p.text(reply.id, `${at}.id`, 256);
    p.text(reply.title, `${at}.title`, LABEL);
    if (titles.has(String(reply.title))) p.invalid(`${at}.title`, 'must differ from the other buttons');
    titles.add(String(reply.title));
  }
}

function checkList(action: Fields, p: Problems): void {
  p.text(action.button, `${A}.button`, LABEL);
  checkSections(action.sections, 'rows', ROWS, p);
  for (const [i, section] of (Array.isArray(action.sections) ? action.sections : []).entries()) {
    const rows = isFields(section) && Array.isArray(section.rows) ? section.rows : [];
    for (const [j, row] of rows.entries()) {
      const at = `${A}.sections[${i}].rows[${j}]`;
      if (!isFields(row)) p.invalid(at, 'must be an object');
      else {
        p.text(row.id, `${at}.id`, 200);
        p.text(row.title, `${at}.title`, 24);
        p.text(row.description, `${at}.description`, 72, 'optional');
      }
    }
  }
}

/** Sections with a title (needed as soon as there are two) and their items, counted over all of them. */
function checkSections(sections: unknown, items: 'rows' | 'product_items', most: number, p: Problems): void {
  const list = p.items(sections, `${A}.sections`, 1, 10);
  let count = 0;
  for (const [i, section] of list.entries()) {
    const at = `${A}.sections[${i}]`;
    if (!isFields(section)) {
      p.invalid(at, 'must be an object');
      continue;
    }
    p.text(section.title, `${at}.title`, 24, list.length > 1 ? undefined : 'optional');
    count += p.items(section[items], `${at}.${items}`, 1, most).length;
  }
  if (count > most) p.invalid(`${A}.sections`, `have ${count} ${items} together; at most ${most} are allowed`);
}
