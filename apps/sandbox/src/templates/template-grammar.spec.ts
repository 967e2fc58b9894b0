import { refuseTemplate, type TemplateDraft } from './template-grammar.js';

const draft = (given: Partial<TemplateDraft>): TemplateDraft => ({
  name: 'order_update',
  language: 'en_US',
  category: 'UTILITY',
  parameterFormat: 'POSITIONAL',
  components: [{ type: 'BODY', text: 'Hi there.' }],
  ...given,
});
const body = (text: string, example?: unknown) => [{ type: 'BODY', text, ...(example !== undefined && { example }) }];
const withButtons = (...types: string[]) => [
  { type: 'BODY', text: 'Hi there.' },
  {
    type: 'BUTTONS',
    buttons: types.map((type, i) => ({
      type,
      text: `b${i}`,
      url: 'https://shop.example',
      phone_number: '+15550001111',
    })),
  },
];

describe('a template on creation', () => {
  it('is taken when it keeps the grammar', () => {
    expect(refuseTemplate(draft({}))).toBeUndefined();
    const components = [
      { type: 'HEADER', format: 'TEXT', text: 'Order {{1}}', example: { header_text: ['42'] } },
      ...body('Hi {{1}}, your order {{2}} is ready.', { body_text: [['Ada', '42']] }),
      { type: 'FOOTER', text: 'Sample Shop' },
    ];
    expect(refuseTemplate(draft({ components }))).toBeUndefined();
  });

  it('is taken with named variables when each has an example', () => {
    const example = { body_text_named_params: [{ param_name: 'first_name', example: 'Ada' }] };
    const given = { parameterFormat: 'NAMED', components: body('Hi {{first_name}}, welcome.', example) } as const;
    expect(refuseTemplate(draft(given))).toBeUndefined();
    expect(refuseTemplate(draft({ ...given, components: body('Hi {{first_name}}, welcome.') }))).toMatchObject({
      subcode: 2388072,
    });
    expect(refuseTemplate(draft({ ...given, components: body('Hi {{First}}, welcome.', example) }))).toMatchObject({
      subcode: 2388072,
    });
  });

  it.each([
    ['a name in capitals', { name: 'Order' }, undefined],
    ['an unknown language', { language: 'xx' }, undefined],
    ['an unknown category', { category: 'OTP' }, undefined],
    ['no body', { components: [{ type: 'FOOTER', text: 'x' }] }, 2388072],
    ['a variable at the start', { components: body('{{1}} is ready.', { body_text: [['x']] }) }, 2388299],
    ['a variable at the end', { components: body('Ready: {{1}}', { body_text: [['x']] }) }, 2388299],
    ['a variable without example', { components: body('Hi {{1}}, welcome.') }, 2388072],
    [
      'a gap in its variables',
      { components: body('Hi {{1}}, order {{3}} is ready.', { body_text: [['a', 'b']] }) },
      2388072,
    ],
    ['variables side by side', { components: body('Hi {{1}}{{2}} there.', { body_text: [['a', 'b']] }) }, 2388072],
    [
      'more variables than words',
      { components: body('a {{1}}, {{2}}, {{3}} b', { body_text: [['1', '2', '3']] }) },
      2388293,
    ],
    ['a body of 1,025 characters', { components: body('x'.repeat(1025)) }, 2388040],
    [
      'a header of 61 characters',
      { components: [{ type: 'HEADER', format: 'TEXT', text: 'x'.repeat(61) }, ...body('Hi.')] },
      2388040,
    ],
    ['an image header without sample', { components: [{ type: 'HEADER', format: 'IMAGE' }, ...body('Hi.')] }, 2388047],
    ['a variable in the footer', { components: [...body('Hi.'), { type: 'FOOTER', text: 'By {{1}}' }] }, 2388073],
    ['three links', { components: withButtons('URL', 'URL', 'URL') }, undefined],
    ['quick replies apart', { components: withButtons('QUICK_REPLY', 'URL', 'QUICK_REPLY') }, undefined],
    ['a code button outside authentication', { components: withButtons('OTP') }, undefined],
    ['a text of its own for authentication', { category: 'AUTHENTICATION' }, 2388072],
  ])('is refused with %s', (_, given, subcode) => {
    const refusal = refuseTemplate(draft(given));
    expect(refusal).toBeDefined();
    expect(refusal?.subcode).toBe(subcode);
  });
});
