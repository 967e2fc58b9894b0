import type { Json } from '../state/records.js';
import {
  badValue,
  isRecord,
  missingField,
  type Refusal,
  refuseMedia,
  refuseOptionalText,
  refuseText,
} from './refuse-field.js';

type Check = (interactive: Json, action: Json) => Refusal | undefined;

const needed = (object: unknown, name: string, where: string, max = 4096) =>
  isRecord(object) ? refuseText(object[name], `${where}.${name}`, max) : missingField(where);

const parametersOf = (action: Json) => (isRecord(action.parameters) ? action.parameters : {});

const named =
  (name: string, then: Check = () => undefined): Check =>
  (interactive, action) =>
    action.name === name ? then(interactive, action) : badValue(`interactive.action.name must be ${name}.`);

// meta/messages.md §3; the longest body is a list's.
const KINDS: Readonly<Record<string, { body?: number; check: Check }>> = {
  button: { body: 1024, check: refuseReplyButtons },
  list: { body: 4096, check: refuseList },
  cta_url: {
    body: 1024,
    check: named('cta_url', (_, action) => {
      const parameters = parametersOf(action);
      return (
        needed(parameters, 'display_text', 'interactive.action.parameters', 20) ??
        needed(parameters, 'url', 'interactive.action.parameters', 2000)
      );
    }),
  },
  location_request_message: { body: 1024, check: named('send_location') },
  flow: { body: 1024, check: named('flow', refuseFlow) },
  product: {
    check: (_, action) =>
      needed(action, 'catalog_id', 'interactive.action') ?? needed(action, 'product_retailer_id', 'interactive.action'),
  },
  product_list: { body: 1024, check: refuseProductList },
  catalog_message: { body: 1024, check: named('catalog_message') },
  carousel: { body: 1024, check: refuseCarousel },
  address_message: {
    body: 1024,
    check: named('address_message', (_, action) =>
      needed(parametersOf(action), 'country', 'interactive.action.parameters'),
    ),
  },
  call_permission_request: { check: named('call_permission_request') },
  voice_call: { body: 1024, check: named('voice_call') },
  order_details: {
    body: 1024,
    check: named('review_and_pay', (_, action) => {
      const parameters = parametersOf(action);
      return (
        needed(parameters, 'reference_id', 'interactive.action.parameters') ??
        needed(parameters, 'currency', 'interactive.action.parameters') ??
        (isRecord(parameters.total_amount) ? undefined : missingField('interactive.action.parameters.total_amount')) ??
        (isRecord(parameters.order) ? undefined : missingField('interactive.action.parameters.order'))
      );
    }),
  },
  order_status: {
    body: 1024,
    check: named('review_order', (_, action) => {
      const parameters = parametersOf(action);
      return (
        needed(parameters, 'reference_id', 'interactive.action.parameters') ??
        needed(parameters.order, 'status', 'interactive.action.parameters.order')
      );
    }),
  },
};

/** Checks an `interactive` object: its kind, texts and action. */
export function refuseInteractive(interactive: unknown): Refusal | undefined {
  if (!isRecord(interactive)) return missingField('interactive');
  const kind = KINDS[String(interactive.type)];
  if (!kind)
    return {
      code: 100,
      details: `Param interactive.type must be one of {${Object.keys(KINDS).join(', ').toUpperCase()}}.`,
    };
  if (!isRecord(interactive.action)) return missingField('interactive.action');
  const { body, footer } = interactive;
  return (
    (kind.body === undefined ? undefined : needed(body, 'text', 'interactive.body', kind.body)) ??
    (footer === undefined ? undefined : needed(footer, 'text', 'interactive.footer', 60)) ??
    refuseHeader(interactive) ??
    kind.check(interactive, interactive.action)
  );
}

function refuseHeader({ type, header }: Json): Refusal | undefined {
  if (header === undefined) return undefined;
  if (!isRecord(header)) return badValue('interactive.header is not valid.');
  if (header.type === 'text') return refuseText(header.text, 'interactive.header.text', 60);
  if (type === 'list' || type === 'product_list') return badValue('interactive.header must be of type text.');
  if (['image', 'video', 'document'].includes(String(header.type)))
    return refuseMedia(header[header.type as string], `interactive.header.${String(header.type)}`, false);
  return badValue('interactive.header.type must be one of {text, image, video, document}.');
}

function refuseReplyButtons(_: Json, action: Json): Refusal | undefined {
  const buttons = action.buttons;
  if (!Array.isArray(buttons) || buttons.length < 1 || buttons.length > 3)
    return badValue('interactive.action.buttons: 1 to 3 buttons are allowed.');
  for (const [i, button] of buttons.entries()) {
    const where = `interactive.action.buttons[${i}].reply`;
    const reply = isRecord(button) ? button.reply : undefined;
    const refusal = needed(reply, 'id', where, 256) ?? needed(reply, 'title', where, 20);
    if (refusal) return refusal;
  }
  const replies = (buttons as Json[]).map((button) => button.reply as Json);
  for (const key of ['id', 'title'] as const) {
    if (new Set(replies.map((reply) => reply[key])).size < replies.length)
      return badValue(`interactive.action.buttons: each ${key} must be unique.`);
  }
  return undefined;
}

function refuseList(_: Json, action: Json): Refusal | undefined {
  const { sections } = action;
  const refusal = refuseText(action.button, 'interactive.action.button', 20);
  if (refusal) return refusal;
  if (!Array.isArray(sections) || !sections.length || sections.length > 10)
    return badValue('interactive.action.sections: 1 to 10 sections are allowed.');
  let rows = 0;
  const ids = new Set<unknown>();
  for (const [i, section] of (sections as Json[]).entries()) {
    const where = `interactive.action.sections[${i}]`;
    const titled =
      sections.length > 1
        ? refuseText(section.title, `${where}.title`, 24)
        : refuseOptionalText(section.title || undefined, `${where}.title`, 24);
    if (titled) return titled;
    if (!Array.isArray(section.rows) || !section.rows.length) return missingField(`${where}.rows`);
    for (const [j, row] of (section.rows as Json[]).entries()) {
      const bad =
        needed(row, 'id', `${where}.rows[${j}]`, 200) ??
        needed(row, 'title', `${where}.rows[${j}]`, 24) ??
        refuseOptionalText(row.description || undefined, `${where}.rows[${j}].description`, 72);
      if (bad) return bad;
      ids.add(row.id);
      rows++;
    }
  }
  if (rows > 10) return badValue('interactive.action.sections: at most 10 rows in total.');
  return ids.size < rows ? badValue('interactive.action.sections: each row id must be unique.') : undefined;
}

function refuseFlow(_: Json, action: Json): Refusal | undefined {
  const parameters = parametersOf(action);
  if (!parameters.flow_id && !parameters.flow_name) return missingField('interactive.action.parameters.flow_id');
  return (
    needed(parameters, 'flow_message_version', 'interactive.action.parameters') ??
    needed(parameters, 'flow_cta', 'interactive.action.parameters', 30)
  );
}

function refuseProductList(interactive: Json, action: Json): Refusal | undefined {
  if (!isRecord(interactive.header)) return missingField('interactive.header');
  const refusal = needed(action, 'catalog_id', 'interactive.action');
  if (refusal) return refusal;
  const { sections } = action;
  if (!Array.isArray(sections) || !sections.length || sections.length > 10)
    return badValue('interactive.action.sections: 1 to 10 sections are allowed.');
  const products = (sections as Json[]).flatMap((section) => section.product_items ?? []).length;
  return products >= 1 && products <= 30 ? undefined : badValue('interactive.action.sections: 1 to 30 products.');
}

function refuseCarousel(interactive: Json, action: Json): Refusal | undefined {
  if (interactive.header !== undefined || interactive.footer !== undefined)
    return badValue('A carousel has no header and no footer of its own.');
  const { cards } = action;
  if (!Array.isArray(cards) || cards.length < 2 || cards.length > 10)
    return badValue('interactive.action.cards: 2 to 10 cards are allowed.');
  for (const [i, card] of (cards as Json[]).entries()) {
    if (!isRecord(card) || !isRecord(card.action)) return missingField(`interactive.action.cards[${i}].action`);
    if (card.type === 'product') continue;
    const header = isRecord(card.header) ? card.header : undefined;
    const kind = String(header?.type);
    if (kind !== 'image' && kind !== 'video')
      return missingField(`interactive.action.cards[${i}].header of type image or video`);
    const bad = refuseMedia(header?.[kind], `interactive.action.cards[${i}].header.${kind}`, false);
    if (bad) return bad;
  }
  return undefined;
}
