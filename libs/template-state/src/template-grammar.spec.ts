import fc from 'fast-check';
import {
  checkParameters,
  checkTemplate,
  checkTemplateEdit,
  parametersOf,
  summarise,
  templateLimitsAt,
} from './index.js';

const limits = templateLimitsAt('2026-03-01');
const problems = (template: unknown, day = limits) => checkTemplate(template, day).map((p) => [p.code, p.at]);

const body = { type: 'BODY', text: 'Hello {{1}}, order {{2}} is ready.', example: { body_text: [['Ada', '42']] } };
const plainBody = { type: 'BODY', text: 'Hello.' };
const template = (components: unknown, rest: object = {}) => ({
  name: 'order_update',
  language: 'en_US',
  category: 'UTILITY',
  components,
  ...rest,
});
const withButtons = (...buttons: object[]) => template([plainBody, { type: 'BUTTONS', buttons }]);
const quick = (text = 'Yes') => ({ type: 'QUICK_REPLY', text });
const link = (url = 'https://shop.example/', rest: object = {}) => ({ type: 'URL', text: 'Look', url, ...rest });
const phone = { type: 'PHONE_NUMBER', text: 'Call', phone_number: '+15550001111' };
const x = (n: number) => 'x'.repeat(n);

describe('a template ready for review', () => {
  it.each([
    ['a body alone', template([plainBody])],
    ['a body with samples', template([body])],
    [
      'small letters everywhere',
      template([{ ...body, type: 'body' }], { category: 'utility', parameter_format: 'positional' }),
    ],
    ['a flat list of samples', template([{ ...body, example: { body_text: ['Ada', '42'] } }])],
    [
      'named variables',
      template(
        [
          {
            type: 'HEADER',
            format: 'TEXT',
            text: 'For {{first_name}}',
            example: { header_text_named_params: [{ param_name: 'first_name', example: 'Ada' }] },
          },
          {
            type: 'BODY',
            text: 'Hello {{first_name}}!',
            example: { body_text_named_params: [{ param_name: 'first_name', example: 'Ada' }] },
          },
        ],
        { parameter_format: 'NAMED' },
      ),
    ],
    [
      'header, footer and buttons',
      template([
        { type: 'HEADER', format: 'IMAGE', example: { header_handle: ['4::abc'] } },
        body,
        { type: 'FOOTER', text: 'Sample shop' },
        {
          type: 'BUTTONS',
          buttons: [quick(), link('https://shop.example/{{1}}', { example: ['https://shop.example/1'] }), phone],
        },
      ]),
    ],
    [
      'a one-time code',
      template(
        [
          { type: 'BODY', add_security_recommendation: true },
          { type: 'FOOTER', code_expiration_minutes: 10 },
          { type: 'BUTTONS', buttons: [{ type: 'OTP', otp_type: 'COPY_CODE' }] },
        ],
        { category: 'AUTHENTICATION', message_send_ttl_seconds: 60 },
      ),
    ],
    [
      'a one-tap code',
      template(
        [
          { type: 'BODY' },
          {
            type: 'BUTTONS',
            buttons: [
              {
                type: 'OTP',
                otp_type: 'ONE_TAP',
                supported_apps: [{ package_name: 'com.example.app', signature_hash: 'K8a/AINcGX7' }],
              },
            ],
          },
        ],
        { category: 'AUTHENTICATION' },
      ),
    ],
    [
      'a limited-time offer',
      template(
        [
          { type: 'HEADER', format: 'IMAGE', example: { header_handle: ['4::abc'] } },
          { type: 'LIMITED_TIME_OFFER', limited_time_offer: { text: 'Ends soon', has_expiration: true } },
          plainBody,
          { type: 'BUTTONS', buttons: [{ type: 'COPY_CODE', example: 'SAVE10' }] },
        ],
        { category: 'MARKETING' },
      ),
    ],
    [
      'one of Meta’s library',
      { name: 'a', language: 'en', category: 'UTILITY', library_template_name: 'delivery_update_1' },
    ],
    [
      'parts not known yet',
      template([plainBody, { type: 'HOLOGRAM', depth: 3 }, { type: 'BUTTONS', buttons: [{ type: 'TELEPORT' }] }]),
    ],
  ])('may be %s', (_, good) => {
    expect(checkTemplate(good, limits)).toEqual([]);
  });

  it('may have as many characters as Meta allows, an emoji being one', () => {
    expect(problems(template([{ type: 'BODY', text: `${x(1014)}${'🕊'.repeat(10)}` }]))).toEqual([]);
    expect(problems(template([{ type: 'BODY', text: x(1025) }]))).toEqual([['text_too_long', 'components[0].text']]);
  });

  it('may have ten emoji since March 2025, a flag or a family being one, a trademark none', () => {
    const ten = template([{ type: 'BODY', text: `Shop™ 24 ${'🇲🇽👩‍👩‍👦❤️1️⃣🎉'.repeat(2)}.` }]);
    const eleven = template([{ type: 'BODY', text: `Shop™ 24 ${'🇲🇽👩‍👩‍👦❤️1️⃣🎉'.repeat(2)}🎉` }]);
    expect(problems(ten)).toEqual([]);
    expect(problems(eleven)).toEqual([['emoji_too_many', 'components[0].text']]);
    expect(problems(eleven, templateLimitsAt('2025-03-26'))).toEqual([]);
  });
});

describe('a template with a mistake', () => {
  it.each<[string, unknown, string, string]>([
    ['a name in capitals', template([plainBody], { name: 'Order' }), 'name_invalid', 'name'],
    ['a name with a hyphen', template([plainBody], { name: 'a-b' }), 'name_invalid', 'name'],
    ['a name too long', template([plainBody], { name: x(513) }), 'name_invalid', 'name'],
    ['no name', template([plainBody], { name: undefined }), 'name_invalid', 'name'],
    ['a language with a hyphen', template([plainBody], { language: 'en-US' }), 'language_unknown', 'language'],
    ['an old category', template([plainBody], { category: 'OTP' }), 'category_unknown', 'category'],
    ['a format nobody knows', template([plainBody], { parameter_format: 'x' }), 'format_unknown', 'parameter_format'],
    [
      'a time to live too long',
      template([plainBody], { message_send_ttl_seconds: 43_201 }),
      'time_to_live_out_of_range',
      'message_send_ttl_seconds',
    ],
    ['no components', template(undefined), 'components_missing', 'components'],
    ['no body', template([{ type: 'FOOTER', text: 'x' }]), 'body_missing', 'components'],
    ['two bodies', template([plainBody, plainBody]), 'component_repeated', 'components[1]'],
    ['a component without type', template([plainBody, { text: 'x' }]), 'component_malformed', 'components[1]'],
    ['an empty body', template([{ type: 'BODY', text: ' ' }]), 'text_missing', 'components[0].text'],
    ['no samples', template([{ ...body, example: undefined }]), 'example_missing', 'components[0].example.body_text'],
    [
      'too few samples',
      template([{ ...body, example: { body_text: [['Ada']] } }]),
      'example_missing',
      'components[0].example.body_text',
    ],
    [
      'an empty sample',
      template([{ ...body, example: { body_text: [['Ada', '']] } }]),
      'example_missing',
      'components[0].example.body_text',
    ],
    [
      'names without saying so',
      template([
        {
          type: 'BODY',
          text: 'Hi {{name}}!',
          example: { body_text_named_params: [{ param_name: 'name', example: 'Ada' }] },
        },
      ]),
      'variables_wrong_form',
      'components[0].text',
    ],
    [
      'numbers where names were promised',
      template([body], { parameter_format: 'named' }),
      'variables_wrong_form',
      'components[0].text',
    ],
    [
      'a variable at the end',
      template([{ type: 'BODY', text: 'Hi {{1}}', example: { body_text: [['Ada']] } }]),
      'variable_at_edge',
      'components[0].text',
    ],
    [
      'a header too long',
      template([{ type: 'HEADER', format: 'TEXT', text: x(61) }, plainBody]),
      'text_too_long',
      'components[0].text',
    ],
    [
      'a header with two variables',
      template([
        { type: 'HEADER', format: 'TEXT', text: 'a {{1}} {{2}} b', example: { header_text: ['1', '2'] } },
        plainBody,
      ]),
      'header_variables',
      'components[0].text',
    ],
    [
      'a header in bold',
      template([{ type: 'HEADER', format: 'TEXT', text: 'a *b*' }, plainBody]),
      'header_markdown',
      'components[0].text',
    ],
    [
      'a header of no kind',
      template([{ type: 'HEADER', format: 'SMELL' }, plainBody]),
      'header_format_unknown',
      'components[0].format',
    ],
    [
      'a picture without sample',
      template([{ type: 'HEADER', format: 'IMAGE' }, plainBody]),
      'header_example_missing',
      'components[0].example.header_handle',
    ],
    [
      'a footer too long',
      template([plainBody, { type: 'FOOTER', text: x(61) }]),
      'text_too_long',
      'components[1].text',
    ],
    [
      'a footer with a variable',
      template([plainBody, { type: 'FOOTER', text: 'Hi {{1}}' }]),
      'footer_variables',
      'components[1].text',
    ],
    ['no buttons in the row', withButtons(), 'buttons_missing', 'components[1].buttons'],
    [
      'eleven buttons',
      withButtons(...Array.from({ length: 11 }, (_, i) => quick(`B${i}`))),
      'buttons_too_many',
      'components[1].buttons',
    ],
    ['three links', withButtons(link(), link(), link()), 'buttons_too_many', 'components[1].buttons'],
    ['two phone numbers', withButtons(phone, phone), 'buttons_too_many', 'components[1].buttons'],
    [
      'a phone number of letters',
      withButtons({ ...phone, phone_number: 'call us' }),
      'button_value_unknown',
      'components[1].buttons[0].phone_number',
    ],
    ['quick replies apart', withButtons(quick(), link(), quick()), 'buttons_out_of_order', 'components[1].buttons'],
    ['a label too long', withButtons(quick(x(26))), 'text_too_long', 'components[1].buttons[0].text'],
    [
      'a link without address',
      withButtons({ type: 'URL', text: 'Look' }),
      'button_field_missing',
      'components[1].buttons[0].url',
    ],
    ['a link to nowhere', withButtons(link('shop.example')), 'button_field_missing', 'components[1].buttons[0].url'],
    [
      'a link with its variable inside',
      withButtons(link('https://a.example/{{1}}/x', { example: ['https://a.example/1/x'] })),
      'button_url_variable',
      'components[1].buttons[0].url',
    ],
    [
      'a link without sample',
      withButtons(link('https://a.example/{{1}}')),
      'example_missing',
      'components[1].buttons[0].example',
    ],
    [
      'a coupon without sample',
      withButtons({ type: 'COPY_CODE' }),
      'button_field_missing',
      'components[1].buttons[0].example',
    ],
    [
      'a flow without its id',
      withButtons({ type: 'FLOW', text: 'Go' }),
      'button_field_missing',
      'components[1].buttons[0].flow_id',
    ],
    [
      'a catalog in a utility template',
      withButtons({ type: 'CATALOG', text: 'View catalog' }),
      'component_not_allowed',
      'components[1].buttons[0]',
    ],
    [
      'a one-time code in a utility template',
      withButtons({ type: 'OTP', otp_type: 'COPY_CODE' }),
      'component_not_allowed',
      'components[1].buttons[0]',
    ],
  ])('is told of %s', (_, bad, code, at) => {
    expect(problems(bad)).toEqual([[code, at]]);
  });

  it('is told of all its mistakes at once, with a subcode of Meta’s for each part', () => {
    const bad = template(
      [
        { type: 'HEADER', format: 'VIDEO' },
        { type: 'BODY', text: 'Hi {{1}}' },
      ],
      { name: 'A B' },
    );
    expect(checkTemplate(bad, limits).map((p) => [p.code, p.refusal])).toEqual([
      ['name_invalid', 'template_invalid'],
      ['header_example_missing', 'template_header_invalid'],
      ['variable_at_edge', 'template_variable_at_edge'],
      ['example_missing', 'template_invalid'],
    ]);
  });

  it('is refused once, with all its mistakes in the details', () => {
    const bad = template([{ type: 'FOOTER', text: 'Hi {{1}}' }, plainBody], { name: 'A' });
    expect(summarise(checkTemplate(bad, limits))).toEqual({
      refusal: 'template_invalid',
      details:
        'name: A name has 1 to 512 small letters a-z, digits and underscores. ' +
        'components[0].text: A footer has no variables.',
    });
    expect(summarise([])).toBeUndefined();
    const many = Array.from({ length: 12 }, (_, i) => ({ refusal: 'x', at: `a${i}`, says: 'wrong' }));
    expect(summarise(many)?.details).toMatch(/a9: wrong\. And 2 more\.$/);
  });

  it('of authentication is told what Meta writes itself', () => {
    const auth = (components: object[]) => problems(template(components, { category: 'AUTHENTICATION' }));
    const otp = (rest: object = {}) => ({
      type: 'BUTTONS',
      buttons: [{ type: 'OTP', otp_type: 'COPY_CODE', ...rest }],
    });
    expect(auth([{ type: 'BODY', text: 'Your code is {{1}}.' }, otp()])).toEqual([
      ['text_not_allowed', 'components[0].text'],
    ]);
    expect(auth([{ type: 'HEADER', format: 'TEXT', text: 'Code' }, { type: 'BODY' }, otp()])).toEqual([
      ['component_not_allowed', 'components[0]'],
    ]);
    expect(auth([{ type: 'BODY' }, { type: 'FOOTER', code_expiration_minutes: 91 }, otp()])).toEqual([
      ['code_expiration_out_of_range', 'components[1].code_expiration_minutes'],
    ]);
    expect(auth([{ type: 'BODY' }, { type: 'BUTTONS', buttons: [quick()] }])).toEqual([
      ['component_not_allowed', 'components[1].buttons[0]'],
    ]);
    expect(
      auth([{ type: 'BODY' }, otp({ otp_type: 'ZERO_TAP', package_name: 'example', signature_hash: 'short' })]),
    ).toEqual([
      ['otp_invalid', 'components[1].buttons[0].zero_tap_terms_accepted'],
      ['otp_invalid', 'components[1].buttons[0].supported_apps[0].package_name'],
      ['otp_invalid', 'components[1].buttons[0].supported_apps[0].signature_hash'],
    ]);
  });

  it('with an offer has a shorter body, no footer and a picture', () => {
    const offer = { type: 'LIMITED_TIME_OFFER', limited_time_offer: { text: x(17) } };
    const bad = template(
      [
        { type: 'HEADER', format: 'TEXT', text: 'a' },
        offer,
        { type: 'BODY', text: x(601) },
        { type: 'FOOTER', text: 'a' },
      ],
      { category: 'MARKETING' },
    );
    expect(problems(bad)).toEqual([
      ['offer_invalid', 'components[0].format'],
      ['text_too_long', 'components[1].limited_time_offer.text'],
      ['text_too_long', 'components[2].text'],
      ['offer_invalid', 'components[3]'],
    ]);
  });

  it('with cards is told of the card that differs', () => {
    const card = (...more: object[]) => ({
      components: [{ type: 'HEADER', format: 'IMAGE', example: { header_handle: ['4::a'] } }, ...more],
    });
    const carousel = (...cards: object[]) =>
      problems(template([plainBody, { type: 'CAROUSEL', cards }], { category: 'MARKETING' }));
    const row = (...buttons: object[]) => ({ type: 'BUTTONS', buttons });
    expect(carousel(card(row(quick())), card(row(quick())))).toEqual([]);
    expect(carousel(card())).toEqual([['cards_count', 'components[1].cards']]);
    expect(carousel(card(row(quick())), card(row(link())))).toEqual([['cards_differ', 'components[1].cards[1]']]);
    expect(carousel({ components: [] }, { components: [] }).map(([code]) => code)).toEqual([
      'card_header_missing',
      'card_header_missing',
    ]);
    const crowded = card(row(quick(), quick(), quick()));
    expect(carousel(crowded, crowded)[0]).toEqual(['buttons_too_many', 'components[1].cards[0].components[1].buttons']);
  });

  it('has a coupon of 15 characters until December 2025 and of 20 since', () => {
    const coupon = withButtons({ type: 'COPY_CODE', example: x(20) });
    expect(problems(coupon, templateLimitsAt('2025-12-02'))).toEqual([
      ['text_too_long', 'components[1].buttons[0].example'],
    ]);
    expect(problems(coupon, templateLimitsAt('2025-12-03'))).toEqual([]);
  });

  it('is told the same on an edit, where only components are given', () => {
    expect(
      checkTemplateEdit([{ type: 'FOOTER', text: 'a' }], { category: 'utility', form: 'positional' }, limits),
    ).toMatchObject([{ code: 'body_missing' }]);
  });
});

describe('whatever is submitted', () => {
  it('is answered with problems, never with a crash', () => {
    const piece = fc.oneof(
      fc.jsonValue(),
      fc.constantFrom('BODY', 'HEADER', 'BUTTONS', 'CAROUSEL', 'OTP', 'URL', 'TEXT', 'IMAGE', '{{1}}'),
    );
    const part = fc.dictionary(fc.constantFrom('type', 'format', 'text', 'buttons', 'cards', 'example', 'url'), piece);
    const component = fc.oneof(piece, part, fc.record({ type: fc.constantFrom('BUTTONS'), buttons: fc.array(part) }));
    fc.assert(
      fc.property(fc.array(component), fc.array(component), (stored, sent) => {
        expect(Array.isArray(checkTemplate(template(stored), limits))).toBe(true);
        expect(Array.isArray(checkTemplate(template(stored, { category: 'AUTHENTICATION' }), limits))).toBe(true);
        expect(Array.isArray(checkParameters(stored, sent, limits))).toBe(true);
      }),
    );
  });

  it('is taken if it keeps every rule, and refused at the very place where it breaks one', () => {
    const word = fc.constantFrom('order', 'ready', 'today', 'shop', 'pedido', 'até', '早安', '🎉');
    const words = (most: number) => fc.array(word, { minLength: 1, maxLength: most }).map((all) => all.join(' '));
    const aBody = fc.tuple(fc.nat({ max: 3 }), words(5)).map(([count, filler]) => ({
      type: 'BODY',
      text: `Dear friend of ours: ${Array.from({ length: count }, (_, i) => `${filler} {{${i + 1}}} `).join('')}${filler}.`,
      ...(count > 0 ? { example: { body_text: [Array.from({ length: count }, (_, i) => `v${i}`)] } } : {}),
    }));
    const header = fc.constantFrom(
      { type: 'HEADER', format: 'TEXT', text: 'Hello' },
      { type: 'HEADER', format: 'VIDEO', example: { header_handle: ['4::a'] } },
      { type: 'HEADER', format: 'LOCATION' },
    );
    const replies = fc.array(fc.constant(quick()), { maxLength: 4 });
    const links = fc.subarray([link(), link('https://b.example/{{1}}', { example: ['https://b.example/1'] }), phone]);
    const good = fc.record({
      header: fc.option(header, { nil: undefined }),
      body: aBody.filter((b) => (b.text.match(/🎉/gu)?.length ?? 0) <= 10),
      footer: fc.option(fc.constant({ type: 'FOOTER', text: 'Bye' }), { nil: undefined }),
      buttons: fc.tuple(replies, links).map(([first, then]) => [...first, ...then]),
    });
    const of = ({ header, body, footer, buttons }: { [part: string]: unknown; buttons: object[] }) =>
      [header, body, footer, ...(buttons.length > 0 ? [{ type: 'BUTTONS', buttons }] : [])].filter(Boolean) as object[];
    fc.assert(
      fc.property(good, (parts) => {
        expect(problems(template(of(parts)))).toEqual([]);
        const at = parts.header ? 1 : 0;
        expect(problems(template(of({ ...parts, body: { type: 'BODY', text: x(1025) } })))).toEqual([
          ['text_too_long', `components[${at}].text`],
        ]);
        if (parts.buttons.length > 0) {
          const buttons = [...parts.buttons.slice(0, -1), { ...parts.buttons.at(-1), text: x(26) }];
          const place = at + 1 + (parts.footer ? 1 : 0);
          expect(problems(template(of({ ...parts, buttons })))).toEqual([
            ['text_too_long', `components[${place}].buttons[${buttons.length - 1}].text`],
          ]);
        }
      }),
    );
  });

  it.each<[string, object[], string]>([
    ['components', Array(100_000).fill({ type: 'BODY', text: 'Hi' }), 'component_repeated'],
    [
      'buttons',
      [
        { type: 'BODY', text: 'Hi' },
        { type: 'BUTTONS', buttons: Array(500_000).fill(null) },
      ],
      'buttons_too_many',
    ],
    [
      'cards',
      [
        { type: 'BODY', text: 'Hi' },
        { type: 'CAROUSEL', cards: Array(500_000).fill(null) },
      ],
      'cards_count',
    ],
  ])('says one thing of %s without end, and says it at once', (_, components, code) => {
    expect(checkTemplate(template(components), limits).map((p) => p.code)).toEqual([code]);
  });

  it('asks of a send exactly the variables it was approved with', () => {
    const words = fc.array(fc.constantFrom('order', 'ready', 'today', 'shop'), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(fc.nat({ max: 6 }), fc.nat({ max: 8 }), words, (count, sentCount, filler) => {
        const between = ` ${filler.join(' ')} `;
        const text = `Hi${between}${Array.from({ length: count }, (_, i) => `{{${i + 1}}}${between}`).join('')}.`;
        const samples = Array.from({ length: count }, (_, i) => `v${i}`);
        const component = { type: 'BODY', text, example: { body_text: [samples] } };
        expect(checkTemplate(template([component]), limits)).toEqual([]);
        expect(parametersOf([component]).body).toHaveLength(count);
        const parameters = Array.from({ length: sentCount }, (_, i) => ({ type: 'text', text: `v${i}` }));
        const refusals = checkParameters([component], [{ type: 'body', parameters }], limits).map((p) => p.refusal);
        expect(refusals).toEqual(sentCount === count ? [] : ['template_parameter_count']);
      }),
    );
  });
});
