import { Refusal } from '#libs/http';
import type { Fields } from './problems.js';
import { readMessage } from './read-message.js';

const message = (content: unknown) => ({
  messaging_product: 'whatsapp',
  to: '+16505551234',
  type: 'interactive',
  interactive: content,
});
const body = { text: 'Choose' };
const interactive = (type: string, action: unknown, more: Fields = {}) => message({ type, body, action, ...more });
const named = (name: string, parameters?: unknown) => ({ name, ...(parameters ? { parameters } : {}) });

const buttons = (...titles: string[]) => ({
  buttons: titles.map((title, i) => ({ type: 'reply', reply: { id: `b${i}`, title } })),
});
const rows = (count: number, id = (i: number) => `r${i}`) =>
  Array.from({ length: count }, (_, i) => ({ id: id(i), title: `Row ${i}` }));
const list = (...sections: unknown[]) => ({ button: 'Open', sections });
const link = { display_text: 'Buy', url: 'https://shop.example' };
const flow = { flow_message_version: '3', flow_id: '6', flow_cta: 'Book' };
const picture = { type: 'image', image: { link: 'https://shop.example/1.jpg' } };
const linkCard = (card_index: number, more: Fields = {}) => ({
  card_index,
  type: 'cta_url',
  header: picture,
  action: named('cta_url', link),
  ...more,
});
const replyCard = (card_index: number, replies: number) => ({
  card_index,
  header: picture,
  action: {
    buttons: Array.from({ length: replies }, (_, i) => ({
      type: 'quick_reply',
      quick_reply: { id: `q${i}`, title: `Q${i}` },
    })),
  },
});
const productCard = (card_index: number, catalog_id = '4') => ({
  card_index,
  type: 'product',
  action: { catalog_id, product_retailer_id: 'sku' },
});
const amount = (value: number, offset = 100) => ({ value, offset });
const order = (more: Fields = {}) => ({
  reference_id: 'r-1',
  type: 'digital-goods',
  currency: 'BRL',
  total_amount: amount(5_000),
  order: {
    status: 'pending',
    subtotal: amount(5_000),
    items: [{ name: 'Cake', amount: amount(5_000), quantity: 1 }],
  },
  ...more,
});

/** What is refused: Paloma's code, and the first words of the details up to the place. */
function refusalOf(given: unknown): [code: string, at: string] | 'taken' {
  try {
    readMessage(given);
    return 'taken';
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return [error.code, error.details.slice(0, error.details.indexOf(': '))];
  }
}
const A = 'interactive.action';

describe('an interactive message that Meta would refuse is refused at once, and its place is named', () => {
  // By what is wrong: `unfit` is 100, `missing` 131008, `invalid` 131009 at Meta.
  const [unfit, missing, invalid] = ['invalid_parameter', 'missing_parameter', 'invalid_value'];

  it.each<[string, unknown, string, string]>([
    ['no button', interactive('button', { buttons: [] }), invalid, `${A}.buttons`],
    ['four buttons', interactive('button', buttons('a', 'b', 'c', 'd')), invalid, `${A}.buttons`],
    ['two buttons of one title', interactive('button', buttons('a', 'a')), invalid, `${A}.buttons[1].reply.title`],
    [
      'a button title of 21 characters',
      interactive('button', buttons('x'.repeat(21))),
      unfit,
      `${A}.buttons[0].reply.title`,
    ],
    [
      'a body of 1,025 characters',
      interactive('button', buttons('a'), { body: { text: 'x'.repeat(1_025) } }),
      unfit,
      'interactive.body.text',
    ],
    [
      'a footer of 61 characters',
      interactive('button', buttons('a'), { footer: { text: 'x'.repeat(61) } }),
      unfit,
      'interactive.footer.text',
    ],
    [
      'a header of 61 characters',
      interactive('button', buttons('a'), { header: { type: 'text', text: 'x'.repeat(61) } }),
      unfit,
      'interactive.header.text',
    ],
    [
      'a header of sound',
      interactive('button', buttons('a'), { header: { type: 'audio', audio: { id: '1' } } }),
      invalid,
      'interactive.header.type',
    ],
    [
      'a picture above a list',
      interactive('list', list({ rows: rows(1) }), { header: picture }),
      invalid,
      'interactive.header.type',
    ],
    [
      'eleven rows in two sections',
      interactive('list', list({ title: 'A', rows: rows(6) }, { title: 'B', rows: rows(5, (i) => `s${i}`) })),
      invalid,
      `${A}.sections`,
    ],
    [
      'two rows of one id',
      interactive('list', list({ rows: rows(2, () => 'same') })),
      invalid,
      `${A}.sections[0].rows[1].id`,
    ],
    [
      'two sections without titles',
      interactive('list', list({ rows: rows(1) }, { rows: rows(1, () => 'z') })),
      missing,
      `${A}.sections[0].title`,
    ],
    ['a link under another name', interactive('cta_url', named('open', link)), invalid, `${A}.name`],
    [
      'a link that is none',
      interactive('cta_url', named('cta_url', { ...link, url: 'shop.example' })),
      invalid,
      `${A}.parameters.url`,
    ],
    [
      'a footer below a request for a place',
      interactive('location_request_message', named('send_location'), { footer: body }),
      invalid,
      'interactive.footer',
    ],
    [
      'a flow without its version',
      interactive('flow', named('flow', { ...flow, flow_message_version: undefined })),
      missing,
      `${A}.parameters.flow_message_version`,
    ],
    [
      'a flow without its id',
      interactive('flow', named('flow', { ...flow, flow_id: undefined })),
      missing,
      `${A}.parameters.flow_id`,
    ],
    [
      'an emoji on the button of a flow',
      interactive('flow', named('flow', { ...flow, flow_cta: 'Book 📅' })),
      invalid,
      `${A}.parameters.flow_cta`,
    ],
    [
      'a flow in an unknown mode',
      interactive('flow', named('flow', { ...flow, mode: 'live' })),
      invalid,
      `${A}.parameters.mode`,
    ],
    [
      'a flow with empty data',
      interactive('flow', named('flow', { ...flow, flow_action_payload: { screen: 'S', data: {} } })),
      invalid,
      `${A}.parameters.flow_action_payload.data`,
    ],
    [
      'a product without a catalogue',
      interactive('product', { product_retailer_id: 'sku' }),
      missing,
      `${A}.catalog_id`,
    ],
    [
      'a list of products without a header',
      interactive('product_list', { catalog_id: '4', sections: [{ product_items: [{ product_retailer_id: 's' }] }] }),
      missing,
      'interactive.header',
    ],
    [
      '31 products',
      interactive(
        'product_list',
        {
          catalog_id: '4',
          sections: [0, 1].map((i) => ({
            title: `S${i}`,
            product_items: Array(16 - i).fill({ product_retailer_id: 's' }),
          })),
        },
        { header: { type: 'text', text: 'H' } },
      ),
      invalid,
      `${A}.sections`,
    ],
    [
      'a product without its id',
      interactive(
        'product_list',
        { catalog_id: '4', sections: [{ product_items: [{}] }] },
        { header: { type: 'text', text: 'H' } },
      ),
      missing,
      `${A}.sections[0].product_items[0].product_retailer_id`,
    ],
    ['one card', interactive('carousel', { cards: [linkCard(0)] }), invalid, `${A}.cards`],
    [
      'eleven cards',
      interactive('carousel', { cards: Array.from({ length: 11 }, (_, i) => linkCard(i)) }),
      invalid,
      `${A}.cards`,
    ],
    [
      'two cards at one place',
      interactive('carousel', { cards: [linkCard(0), linkCard(0)] }),
      invalid,
      `${A}.cards[1].card_index`,
    ],
    [
      'a card without a picture',
      interactive('carousel', { cards: [linkCard(0), linkCard(1, { header: undefined })] }),
      missing,
      `${A}.cards[1].header`,
    ],
    [
      'a card of 161 characters',
      interactive('carousel', { cards: [linkCard(0), linkCard(1, { body: { text: 'x'.repeat(161) } })] }),
      unfit,
      `${A}.cards[1].body.text`,
    ],
    [
      'a card with three line breaks',
      interactive('carousel', { cards: [linkCard(0), linkCard(1, { body: { text: 'a\nb\nc\nd' } })] }),
      invalid,
      `${A}.cards[1].body.text`,
    ],
    [
      'cards with different buttons',
      interactive('carousel', { cards: [replyCard(0, 1), replyCard(1, 2)] }),
      invalid,
      `${A}.cards`,
    ],
    ['a link among products', interactive('carousel', { cards: [productCard(0), linkCard(1)] }), invalid, `${A}.cards`],
    [
      'products of two catalogues',
      interactive('carousel', { cards: [productCard(0), productCard(1, '5')] }),
      invalid,
      `${A}.cards`,
    ],
    [
      'a header above a carousel',
      interactive('carousel', { cards: [linkCard(0), linkCard(1)] }, { header: picture }),
      invalid,
      'interactive.header',
    ],
    [
      'an address of no country',
      interactive('address_message', named('address_message', { values: {} })),
      missing,
      `${A}.parameters.country`,
    ],
    [
      'a request to call under another name',
      interactive('call_permission_request', named('call')),
      invalid,
      `${A}.name`,
    ],
    [
      'an order without its sum',
      interactive('order_details', named('review_and_pay', order({ total_amount: undefined }))),
      missing,
      `${A}.parameters.total_amount`,
    ],
    [
      'an order of half a cent',
      interactive('order_details', named('review_and_pay', order({ total_amount: amount(0.5) }))),
      invalid,
      `${A}.parameters.total_amount.value`,
    ],
    [
      'an order in tenths',
      interactive('order_details', named('review_and_pay', order({ total_amount: amount(5, 10) }))),
      invalid,
      `${A}.parameters.total_amount.offset`,
    ],
    [
      'an order in an unknown state',
      interactive('order_status', named('review_order', { reference_id: 'r', order: { status: 'lost' } })),
      invalid,
      `${A}.parameters.order.status`,
    ],
  ])('%s', (_, given, code, at) => {
    expect(refusalOf(given)).toEqual([code, at]);
  });

  it('says what is allowed and what was given', () => {
    expect(() => readMessage(interactive('button', buttons('x'.repeat(21))))).toThrow(
      /buttons\[0\]\.reply\.title: has 21 characters; at most 20 are allowed\./,
    );
  });

  it('names every problem, so that they need not be met one by one', () => {
    const wrong = interactive('button', buttons('a', 'a', 'x'.repeat(21)), { body: undefined });
    expect(() => readMessage(wrong)).toThrow(/body\.text.*buttons\[1\].*buttons\[2\]/s);
  });
});

describe('an interactive message that Meta takes is taken', () => {
  it.each<[string, unknown]>([
    ['a kind that we do not know', message({ type: 'hologram', depth: 3 })],
    ['cards with the same replies', interactive('carousel', { cards: [replyCard(0, 2), replyCard(1, 2)] })],
    [
      'ten products of one catalogue',
      interactive('carousel', { cards: Array.from({ length: 10 }, (_, i) => productCard(i)) }),
    ],
    ['an order', interactive('order_details', named('review_and_pay', order()))],
  ])('%s', (_, given) => {
    expect(refusalOf(given)).toBe('taken');
  });
});
