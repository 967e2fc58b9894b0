import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { mediaIdsOf, withMediaIds } from './media-ids.js';

const SAMPLES = join(import.meta.dirname, '../../../sandbox/fixtures/messages');
const sample = (name: string) => readFileSync(join(SAMPLES, name), 'utf8');

describe('the files that a message names', () => {
  it('are found wherever Meta lets a message name one, as text or number', () => {
    const message = {
      type: 'template',
      template: {
        components: [
          { type: 'header', parameters: [{ type: 'document', document: { id: 111, filename: 'a.pdf' } }] },
          {
            type: 'carousel',
            cards: [{ components: [{ type: 'header', parameters: [{ type: 'image', image: { id: '222' } }] }] }],
          },
        ],
      },
    };
    expect(mediaIdsOf(JSON.stringify(message))).toEqual(['111', '222']);
    expect(mediaIdsOf(sample('image_id.json'))).toHaveLength(1);
  });

  it('are none where a link is given, or where an id is that of a button', () => {
    for (const name of ['image_link.json', 'interactive_button.json', 'interactive_list.json', 'text.json']) {
      expect([name, mediaIdsOf(sample(name))]).toEqual([name, []]);
    }
  });

  it("change into Meta's ids, and nothing else of any message changes", () => {
    for (const name of readdirSync(SAMPLES)) {
      const body = JSON.stringify(JSON.parse(sample(name)));
      const ids = mediaIdsOf(body);
      expect(withMediaIds(body, new Map())).toBe(body);
      const changed = withMediaIds(body, new Map(ids.map((id) => [id, `meta-${id}`])));
      expect(mediaIdsOf(changed)).toEqual(ids.map((id) => `meta-${id}`));
      expect(withMediaIds(changed, new Map(ids.map((id) => [`meta-${id}`, id])))).toBe(body);
    }
  });
});
