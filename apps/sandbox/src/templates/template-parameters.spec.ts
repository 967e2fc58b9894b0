import { readFileSync } from 'node:fs';
import type { Json } from '../state/records.js';
import { refuseParameters } from './template-parameters.js';
import { shapeOf } from './template-shape.js';

const sample = (name: string): Json[] =>
  JSON.parse(readFileSync(new URL(`../../fixtures/messages/template_${name}.json`, import.meta.url), 'utf8')).template
    .components;
const check = (template: Json[], given: Json[], format = 'POSITIONAL', category = 'UTILITY') =>
  refuseParameters(shapeOf(template, format, category), given);
const BODY = { type: 'BODY', text: 'Hi {{1}}, order {{2}} is ready.' };
const text = (...values: string[]) => ({
  type: 'body',
  parameters: values.map((value) => ({ type: 'text', text: value })),
});

describe('the parameters of a template message', () => {
  it.each([
    ['positional', [BODY], sample('body_positional')],
    ['currency and date', [BODY], sample('currency_datetime')],
    [
      'image header and buttons',
      [
        { type: 'HEADER', format: 'IMAGE' },
        { type: 'BODY', text: 'Hi {{1}}, look.' },
        { type: 'BUTTONS', buttons: [{ type: 'QUICK_REPLY' }, { type: 'URL', url: 'https://shop.example/{{1}}' }] },
      ],
      sample('header_image_buttons'),
    ],
    [
      'location header',
      [
        { type: 'HEADER', format: 'LOCATION' },
        { type: 'BODY', text: 'Here.' },
      ],
      sample('location_header'),
    ],
    [
      'coupon',
      [
        { type: 'BODY', text: 'Save.' },
        { type: 'BUTTONS', buttons: [{ type: 'COPY_CODE' }] },
      ],
      sample('coupon'),
    ],
    [
      'carousel',
      [
        { type: 'BODY', text: 'Hi {{1}}, look.' },
        {
          type: 'CAROUSEL',
          cards: Array(2).fill({
            components: [
              { type: 'HEADER', format: 'IMAGE' },
              { type: 'BUTTONS', buttons: [{ type: 'QUICK_REPLY' }] },
            ],
          }),
        },
      ],
      sample('carousel'),
    ],
  ])('fit: %s', (_, template, given) => expect(check(template, given)).toBeUndefined());

  it('fit by name, in any order', () => {
    const named = [{ type: 'BODY', text: 'Hi {{first_name}}, order {{order_number}} is ready.' }];
    const given = sample('body_named');
    expect(check(named, given, 'NAMED')).toBeUndefined();
    (given[0]!.parameters as Json[]).reverse();
    expect(check(named, given, 'NAMED')).toBeUndefined();
    (given[0]!.parameters as Json[])[0]!.parameter_name = 'last_name';
    expect(check(named, given, 'NAMED')).toMatchObject({ code: 132012 });
  });

  it('carry the one-time code in the body and in the button', () => {
    const template = [{ type: 'BODY' }, { type: 'BUTTONS', buttons: [{ type: 'OTP', otp_type: 'COPY_CODE' }] }];
    const given = sample('authentication');
    expect(check(template, given, 'POSITIONAL', 'AUTHENTICATION')).toBeUndefined();
    expect(check(template, given.slice(0, 1), 'POSITIONAL', 'AUTHENTICATION')).toMatchObject({ code: 131008 });
    expect(check(template, [text('1234567890123456'), given[1]!], 'POSITIONAL', 'AUTHENTICATION')).toMatchObject({
      code: 132012,
    });
  });

  it.each([
    ['too few', [text('Ada')], 132000],
    ['too many', [text('Ada', '42', 'x')], 132000],
    ['none at all', [], 132000],
    ['a line break', [text('Ada\nB', '42')], 132012],
    ['an empty one', [text('', '42')], 131008],
    [
      'a header that the template has not',
      [{ type: 'header', parameters: [{ type: 'text', text: 'x' }] }, text('a', 'b')],
      132000,
    ],
    ['a button that the template has not', [text('a', 'b'), { type: 'button', sub_type: 'url', index: 0 }], 132018],
    ['a picture in the body', [{ type: 'body', parameters: [{ type: 'image' }, { type: 'image' }] }], 132012],
  ])('are refused: %s', (_, given, code) => expect(check([BODY], given)).toMatchObject({ code }));

  it('are refused when the text gets too long', () => {
    const long = 'x'.repeat(1_010);
    expect(check([BODY, { type: 'FOOTER', text: 'f' }], [text(long, long)])).toMatchObject({ code: 132005 });
    expect(check([BODY], [text(long, long)])).toBeUndefined();
  });
});
