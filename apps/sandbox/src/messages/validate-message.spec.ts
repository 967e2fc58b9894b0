import { readdirSync, readFileSync } from 'node:fs';
import { refuseMessage } from './validate-message.js';

const folder = new URL('../../fixtures/messages/', import.meta.url);
const samples = readdirSync(folder).map(
  (name) => [name, JSON.parse(readFileSync(new URL(name, folder), 'utf8'))] as const,
);
const sample = (name: string) => structuredClone(samples.find(([file]) => file === `${name}.json`)![1]);
const to = { messaging_product: 'whatsapp', to: '+15550002222' };

describe('a message to be sent', () => {
  it.each(samples)('is taken as in the sample %s', (_, body) => {
    expect(refuseMessage(body)).toBeUndefined();
  });

  it.each([
    ['has no messaging_product', { to: '1', type: 'text', text: { body: 'x' } }, 100],
    ['has no recipient', { messaging_product: 'whatsapp', text: { body: 'x' } }, 100],
    ['has a recipient that is no number', { ...to, to: 'Ada', text: { body: 'x' } }, 131009],
    ['has a type nobody knows', { ...to, type: 'poll' }, 100],
    ['has no content for its type', { ...to, type: 'image' }, 131008],
    ['has an empty text', { ...to, type: 'text', text: { body: '' } }, 131008],
    ['has a text of 4,097 characters', { ...to, type: 'text', text: { body: 'x'.repeat(4097) } }, 100],
    ['has media without id and link', { ...to, type: 'image', image: { caption: 'x' } }, 131008],
    ['has a link that is none', { ...to, type: 'image', image: { link: 'ftp://x' } }, 131009],
    ['has a caption on a sticker', { ...to, type: 'sticker', sticker: { id: '1', caption: 'x' } }, 100],
    ['has a caption of 1,025 characters', { ...to, type: 'image', image: { id: '1', caption: 'x'.repeat(1025) } }, 100],
    ['is on no place on earth', { ...to, type: 'location', location: { latitude: 91, longitude: 0 } }, 131009],
    [
      'has callback data of 513 characters',
      { ...to, biz_opaque_callback_data: 'x'.repeat(513), text: { body: 'x' } },
      100,
    ],
    ['names no template', { ...to, type: 'template', template: { language: { code: 'en' } } }, 131008],
    ['names no language', { ...to, type: 'template', template: { name: 'a' } }, 131008],
    ['quotes nothing', { ...to, context: {}, text: { body: 'x' } }, 131008],
    ['reads nothing', { messaging_product: 'whatsapp', status: 'read' }, 100],
    [
      'has 258 contacts',
      { ...to, type: 'contacts', contacts: Array(258).fill({ name: { formatted_name: 'x' } }) },
      100,
    ],
  ])('is refused when it %s', (_, body, code) => {
    expect(refuseMessage(body)).toMatchObject({ code, details: expect.any(String) });
  });

  it('counts an emoji of two UTF-16 units once', () => {
    const text = (characters: number) =>
      refuseMessage({ ...to, type: 'text', text: { body: '😀'.repeat(characters) } });
    expect(text(4_096)).toBeUndefined();
    expect(text(4_097)).toMatchObject({ code: 100 });
  });

  it('has one to three reply buttons with different short titles', () => {
    const withButtons = (...titles: string[]) => {
      const body = sample('interactive_button');
      body.interactive.action.buttons = titles.map((title, i) => ({ type: 'reply', reply: { id: `b${i}`, title } }));
      return refuseMessage(body);
    };
    expect(withButtons('Yes', 'No', 'Later')).toBeUndefined();
    expect(withButtons('Yes', 'No', 'Later', 'Never')).toMatchObject({ code: 131009 });
    expect(withButtons('Yes', 'Yes')).toMatchObject({ code: 131009 });
    expect(withButtons('x'.repeat(21))).toMatchObject({ code: 100 });
    expect(withButtons()).toMatchObject({ code: 131009 });
  });

  it('has at most ten list rows in all sections together', () => {
    const body = sample('interactive_list');
    const rows = (from: number, count: number) =>
      Array.from({ length: count }, (_, i) => ({ id: `r${from + i}`, title: 'x' }));
    body.interactive.action.sections = [
      { title: 'A', rows: rows(0, 5) },
      { title: 'B', rows: rows(5, 5) },
    ];
    expect(refuseMessage(body)).toBeUndefined();
    body.interactive.action.sections[1].rows.push({ id: 'r10', title: 'x' });
    expect(refuseMessage(body)).toMatchObject({ code: 131009 });
  });

  it('survives anything that is not a message', () => {
    for (const body of [null, undefined, 1, 'x', [], {}]) expect(refuseMessage(body)).toMatchObject({ code: 100 });
  });
});
