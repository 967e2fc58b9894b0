import fc from 'fast-check';
import { MissingAttribute } from './personal-parameters.js';
import { linksOf, replaceLinks, targetOf, whyNotCounted } from './tracked-links.js';

const body = (...texts: string[]) => [{ type: 'body', parameters: texts.map((text) => ({ type: 'text', text })) }];
const button = (text: string, index = '0') => ({
  type: 'button',
  sub_type: 'url',
  index,
  parameters: [{ type: 'text', text }],
});
const shown = <T>(components: T) => replaceLinks(components, (_, nth) => `<${nth}>`);

describe('the links of a campaign', () => {
  it.each([
    ['See https://shop.example/sale.', 'See <0>.'],
    ['(https://shop.example/sale)', '(<0>)'],
    ['https://shop.example/p?id={{id|none at all}}&n={{n}} now', '<0> now'],
    ['https://a.example and http://b.example/x', '<0> and <1>'],
    ['https://{{host}}/sale', 'https://{{host}}/sale'],
    ['https://shop.example{{suffix}}', 'https://shop.example{{suffix}}'],
    ['https://shop.example/{x}', 'https://shop.example/{x}'],
    ['https://a@b.example/x', 'https://a@b.example/x'],
    ['{{tracking_url}}', '{{tracking_url}}'],
    ['ftp://shop.example', 'ftp://shop.example'],
  ])('in %s are replaced as %s', (text, wanted) => {
    expect(shown(body(text))).toEqual(body(wanted));
  });

  it('are counted through all texts and buttons; headers, replies and parts of addresses stay as they are', () => {
    const components = [
      { type: 'header', parameters: [{ type: 'image', image: { link: 'https://shop.example/a.png' } }] },
      ...body('one https://a.example', 'two https://b.example'),
      button('https://c.example/{{id}}'),
      button('summer/https://d.example', '1'),
      {
        type: 'button',
        sub_type: 'quick_reply',
        index: '2',
        parameters: [{ type: 'payload', payload: 'https://e.example' }],
      },
    ];
    expect(linksOf(components)).toEqual([
      { link: 'https://a.example', place: 'text' },
      { link: 'https://b.example', place: 'text' },
      { link: 'https://c.example/{{id}}', place: 'button', button: 0 },
    ]);
    const replaced = shown(components);
    expect(replaced.slice(1)).toEqual([...body('one <0>', 'two <1>'), button('<2>'), ...components.slice(3)]);
    expect(replaced[0]).toEqual(components[0]);
  });

  it('lead where the merchant wrote, whatever a recipient’s attributes hold', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (id, name) => {
        const target = () => targetOf('https://shop.example/{{id|0}}?n={{name|friend}}&c=1', { id, name });
        const { origin, searchParams, hash } = new URL(target());
        expect([origin, searchParams.get('c'), hash]).toEqual(['https://shop.example', '1', '']);
        expect([...searchParams.keys()]).toEqual(['n', 'c']);
      }),
    );
    expect(targetOf('https://shop.example/?n={{name}}', { name: 'Ana & Co' })).toBe(
      'https://shop.example/?n=Ana%20%26%20Co',
    );
    expect(() => targetOf('https://shop.example/{{id}}', {})).toThrow(MissingAttribute);
  });

  it('behind a button are counted only where the template leads to us', () => {
    const base = 'https://go.example/l/';
    const template = (url: string) => [{ type: 'BODY' }, { type: 'BUTTONS', buttons: [{ type: 'URL', url }] }];
    const why = (components: unknown, url = `${base}{{1}}`) => whyNotCounted(components, template(url), base);
    expect(why([button('https://shop.example/sale')])).toBeUndefined();
    expect(why(body('https://shop.example'), 'https://shop.example/{{1}}')).toBeUndefined();
    expect(why([button('https://shop.example/sale')], 'https://shop.example/{{1}}')).toContain(`${base}{{1}}`);
    expect(why(body('Hello'))).toContain('no link');
    expect(why(body(Array(21).fill('https://shop.example').join(' ')))).toContain('more than 20');
  });
});
