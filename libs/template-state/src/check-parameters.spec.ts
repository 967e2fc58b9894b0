import { checkParameters, parametersOf, templateLimitsAt } from './index.js';

const limits = templateLimitsAt('2026-03-01');
const text = (value: string, parameter_name?: string) => ({
  type: 'text',
  text: value,
  ...(parameter_name && { parameter_name }),
});
const body = (...values: string[]) => ({ type: 'body', parameters: values.map((v) => text(v)) });
const button = (sub_type: string, index: number | string, parameter: object) => ({
  type: 'button',
  sub_type,
  index,
  parameters: [parameter],
});
const refusals = (stored: unknown, sent: unknown) =>
  checkParameters(stored, sent, limits).map((p) => [p.refusal, p.at]);

const plain = [{ type: 'BODY', text: 'Thank you for your order.' }];
const order = [{ type: 'BODY', text: 'Hello {{1}}, order {{2}} is ready.' }];
const named = [{ type: 'BODY', text: 'Hello {{first_name}}, order {{order_number}} is ready.' }];
const sale = [
  { type: 'HEADER', format: 'IMAGE', example: { header_handle: ['4::abc'] } },
  { type: 'BODY', text: 'Hello {{1}}, our sale starts.' },
  { type: 'FOOTER', text: 'Sample shop' },
  {
    type: 'BUTTONS',
    buttons: [
      { type: 'QUICK_REPLY', text: 'Stop' },
      { type: 'URL', text: 'Look', url: 'https://shop.example/{{1}}' },
    ],
  },
];
const image = { type: 'header', parameters: [{ type: 'image', image: { id: '600' } }] };

describe('what a send has to carry for its template', () => {
  it('is nothing for a template without variables', () => {
    expect(refusals(plain, undefined)).toEqual([]);
    expect(refusals(plain, [])).toEqual([]);
    expect(refusals(plain, [{ type: 'body', parameters: [] }])).toEqual([]);
  });

  it('is one value for each variable', () => {
    expect(refusals(order, [body('Ada', '42')])).toEqual([]);
    expect(refusals(order, [body('Ada')])).toEqual([['template_parameter_count', 'components[0].parameters']]);
    expect(refusals(order, undefined)).toEqual([['template_parameter_count', 'components']]);
    expect(refusals(plain, [body('Ada')])).toEqual([['template_parameter_count', 'components[0].parameters']]);
  });

  it('counts a variable that the text uses twice once', () => {
    expect(refusals([{ type: 'BODY', text: 'Hi {{1}}, yes {{1}}!' }], [body('Ada')])).toEqual([]);
  });

  it('names each value where the template has named variables, in any order', () => {
    const ok = { type: 'body', parameters: [text('42', 'order_number'), text('Ada', 'first_name')] };
    expect(refusals(named, [ok])).toEqual([]);
    expect(refusals(named, [body('Ada', '42')]).map(([refusal]) => refusal)).toEqual([
      'template_parameter_format',
      'template_parameter_format',
    ]);
    const twice = { type: 'body', parameters: [text('42', 'first_name'), text('Ada', 'first_name')] };
    expect(refusals(named, [twice])).toEqual([
      ['template_parameter_format', 'components[0].parameters[1].parameter_name'],
    ]);
  });

  it('includes the picture of the header and the variable of a link, while a quick reply has a default', () => {
    const link = button('url', '1', text('abc'));
    expect(refusals(sale, [image, body('Ada'), link])).toEqual([]);
    expect(
      refusals(sale, [image, body('Ada'), link, button('quick_reply', 0, { type: 'payload', payload: 'STOP' })]),
    ).toEqual([]);
    expect(refusals(sale, [body('Ada'), link])).toEqual([['template_parameter_format', 'components']]);
    expect(refusals(sale, [image, body('Ada')])).toEqual([['missing_parameter', 'components']]);
    const movie = { type: 'header', parameters: [{ type: 'video', video: { id: '600' } }] };
    expect(refusals(sale, [movie, body('Ada'), link])).toEqual([
      ['template_parameter_format', 'components[0].parameters[0]'],
    ]);
    const nothing = { type: 'header', parameters: [{ type: 'image', image: {} }] };
    expect(refusals(sale, [nothing, body('Ada'), link])).toEqual([
      ['template_parameter_format', 'components[0].parameters[0]'],
    ]);
  });

  it('has the values of money and dates by their fallback', () => {
    const sent = {
      type: 'body',
      parameters: [
        { type: 'currency', currency: { fallback_value: 'EUR 9.50', code: 'EUR', amount_1000: 9500 } },
        { type: 'date_time', date_time: { fallback_value: '1 January 2026' } },
      ],
    };
    expect(refusals(order, [sent])).toEqual([]);
    const bare = { type: 'body', parameters: [{ type: 'currency', currency: { code: 'EUR' } }, text('x')] };
    expect(refusals(order, [bare])).toEqual([['missing_parameter', 'components[0].parameters[0]']]);
  });

  it('refuses values Meta refuses: empty, with new lines, tabs or long gaps', () => {
    expect(refusals(order, [body('', 'x')])).toEqual([['missing_parameter', 'components[0].parameters[0]']]);
    for (const bad of ['a\nb', 'a\tb', 'a     b']) {
      expect(refusals(order, [body(bad, 'x')])).toEqual([['template_parameter_format', 'components[0].parameters[0]']]);
    }
    expect(refusals(order, [body('a    b', 'x')])).toEqual([]);
  });

  it('refuses a body that grew too long, later for a template that is only a body', () => {
    const long = 'x'.repeat(1100);
    expect(refusals(order, [body(long, 'x')])).toEqual([]);
    expect(refusals([...order, { type: 'FOOTER', text: 'Shop' }], [body(long, 'x')])).toEqual([
      ['template_text_too_long', 'components[0]'],
    ]);
    expect(refusals(order, [body('x'.repeat(33_000), 'x')])).toEqual([['template_text_too_long', 'components[0]']]);
  });

  it('is the same code twice for a login, as submitted and as Meta lists it', () => {
    const submitted = [
      { type: 'BODY', add_security_recommendation: true },
      { type: 'BUTTONS', buttons: [{ type: 'OTP', otp_type: 'COPY_CODE' }] },
    ];
    const listed = [
      { type: 'BODY', text: '*{{1}}* is your code.' },
      {
        type: 'BUTTONS',
        buttons: [{ type: 'URL', text: 'Copy', url: 'https://www.whatsapp.com/otp/code/?code={{1}}' }],
      },
    ];
    for (const stored of [submitted, listed]) {
      expect(parametersOf(stored).oneTimeCode).toBe(true);
      expect(refusals(stored, [body('123456'), button('url', '0', text('123456'))])).toEqual([]);
      expect(refusals(stored, [body('123456'), button('url', '0', text('654321'))])).toEqual([
        ['template_parameter_format', 'components[1].parameters[0]'],
      ]);
      expect(refusals(stored, [body('123456')])).toEqual([['missing_parameter', 'components']]);
    }
    const long = '1234567890123456';
    expect(refusals(submitted, [body(long), button('url', 0, text(long))])).toHaveLength(1);
  });

  it('includes a coupon, whose length grew in December 2025', () => {
    const coupon = [
      { type: 'BODY', text: 'Save now.' },
      { type: 'BUTTONS', buttons: [{ type: 'COPY_CODE', example: 'A' }] },
    ];
    const sent = [button('copy_code', 0, { type: 'coupon_code', coupon_code: 'A'.repeat(20) })];
    expect(checkParameters(coupon, sent, templateLimitsAt('2025-12-03'))).toEqual([]);
    expect(checkParameters(coupon, sent, templateLimitsAt('2025-12-02'))).toHaveLength(1);
    expect(refusals(coupon, [])).toEqual([['missing_parameter', 'components']]);
    const dashed = [button('copy_code', 0, { type: 'coupon_code', coupon_code: 'SAVE-10' })];
    expect(refusals(coupon, dashed)).toEqual([['template_parameter_format', 'components[0].parameters[0]']]);
  });

  it('includes the end of an offer that counts down', () => {
    const offer = [
      { type: 'LIMITED_TIME_OFFER', limited_time_offer: { text: 'Ends soon', has_expiration: true } },
      { type: 'BODY', text: 'Save now.' },
    ];
    const end = { type: 'limited_time_offer', limited_time_offer: { expiration_time_ms: 1767225600000 } };
    expect(refusals(offer, [{ type: 'limited_time_offer', parameters: [end] }])).toEqual([]);
    expect(refusals(offer, [])).toEqual([['template_parameter_format', 'components']]);
  });

  it('includes every card of a carousel, with what each card needs', () => {
    const card = {
      components: [
        { type: 'HEADER', format: 'IMAGE' },
        { type: 'BUTTONS', buttons: [{ type: 'QUICK_REPLY', text: 'More' }] },
      ],
    };
    const stored = [
      { type: 'BODY', text: 'Hello {{1}}!' },
      { type: 'CAROUSEL', cards: [card, card] },
    ];
    const sentCard = (card_index: number, components: object[] = [image]) => ({ card_index, components });
    const cards = (...list: object[]) => [body('Ada'), { type: 'carousel', cards: list }];
    expect(refusals(stored, cards(sentCard(0), sentCard(1)))).toEqual([]);
    expect(refusals(stored, cards(sentCard(0)))).toEqual([['template_parameter_count', 'components[1].cards']]);
    expect(refusals(stored, cards(sentCard(0), sentCard(0)))).toEqual([
      ['template_parameter_format', 'components[1].cards'],
    ]);
    expect(refusals(stored, cards(sentCard(0), sentCard(1, [])))).toEqual([
      ['template_parameter_format', 'components[1].cards[1].components'],
    ]);
    expect(refusals(stored, [body('Ada')])).toEqual([['template_parameter_count', 'components']]);
  });

  it('may have more product cards than were created, up to ten', () => {
    const card = {
      components: [
        { type: 'HEADER', format: 'PRODUCT' },
        { type: 'BUTTONS', buttons: [{ type: 'SPM', text: 'View' }] },
      ],
    };
    const stored = [
      { type: 'BODY', text: 'Look.' },
      { type: 'CAROUSEL', cards: [card, card] },
    ];
    const product = {
      type: 'header',
      parameters: [{ type: 'product', product: { product_retailer_id: 'sku', catalog_id: '4' } }],
    };
    const cards = (n: number) => [
      {
        type: 'carousel',
        cards: Array.from({ length: n }, (_, card_index) => ({ card_index, components: [product] })),
      },
    ];
    expect([2, 10].map((n) => refusals(stored, cards(n)))).toEqual([[], []]);
    expect([1, 11].map((n) => refusals(stored, cards(n)).length)).toEqual([1, 1]);
  });

  it('includes the products of a button that shows several, in sections', () => {
    const stored = [
      { type: 'BODY', text: 'Look.' },
      { type: 'BUTTONS', buttons: [{ type: 'MPM', text: 'View items' }] },
    ];
    const item = { product_retailer_id: 'sku-1' };
    const section = (title: string, items = 1) => ({ title, product_items: Array(items).fill(item) });
    const send = (sections: unknown, thumbnail_product_retailer_id: unknown = 'sku-1') =>
      refusals(stored, [button('mpm', 0, { type: 'action', action: { thumbnail_product_retailer_id, sections } })]).map(
        ([, at]) => at?.replace('components[0].parameters[0].action', ''),
      );
    expect(send([section('Tea', 30)])).toEqual([]);
    expect(send([section('Tea', 16), section('Cups', 15)])).toEqual(['.sections']);
    expect(send([section('x'.repeat(25))])).toEqual(['.sections[0].title']);
    expect(send(Array(11).fill(section('Tea')))).toEqual(['.sections']);
    expect(send([{ title: 'Tea', product_items: [] }])).toEqual(['.sections[0].product_items']);
    expect(send([section('Tea')], '')).toEqual(['.thumbnail_product_retailer_id']);
  });

  it('includes the order of a button that asks for payment', () => {
    const stored = [
      { type: 'BODY', text: 'Pay.' },
      { type: 'BUTTONS', buttons: [{ type: 'ORDER_DETAILS', text: 'Review and pay' }] },
    ];
    const pay = (action: object) => refusals(stored, [button('order_details', 0, { type: 'action', action })]);
    expect(pay({ order_details: { reference_id: 'r-1' } })).toEqual([]);
    expect(pay({})).toEqual([['missing_parameter', 'components[0].parameters[0].action.order_details']]);
    expect(refusals(stored, [])).toEqual([['missing_parameter', 'components']]);
  });

  it('takes amounts and dates by their fallback, and amounts only whole', () => {
    const stored = [{ type: 'BODY', text: 'Pay {{1}} by {{2}} please.' }];
    const send = (currency: object) =>
      refusals(stored, [
        {
          type: 'body',
          parameters: [
            { type: 'currency', currency },
            { type: 'date_time', date_time: { fallback_value: '1 January 2027' } },
          ],
        },
      ]).map(([refusal]) => refusal);
    const amount = { fallback_value: 'EUR 9.50', code: 'EUR', amount_1000: 9_500 };
    expect(send(amount)).toEqual([]);
    expect(send({ ...amount, amount_1000: 9.5 })).toEqual(['template_parameter_format']);
    expect(send({ ...amount, code: 'euros' })).toEqual(['template_parameter_format']);
    expect(send({ ...amount, fallback_value: '' })).toEqual(['missing_parameter']);
  });

  it('lets through what is not known yet, and answers nonsense without falling over', () => {
    expect(refusals(plain, [{ type: 'hologram', parameters: [{}] }, button('teleport', 3, {})])).toEqual([]);
    expect(refusals([{ type: 'BODY', text: 'x' }, { type: 'NEW' }, null, 3], [null, 'x', {}])).toEqual([]);
    expect(refusals(undefined, undefined)).toEqual([]);
    expect(refusals(plain, 'body')).toEqual([['template_parameter_format', 'components']]);
  });
});
