import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import type { Fields } from './fields.js';
import { cloudBody, onPremisesBody } from './message-body.js';

const context = { templateNamespace: 'ns_1' };
const folder = join(import.meta.dirname, '../../../apps/sandbox/fixtures/messages');
const samples = readdirSync(folder)
  .map((name) => [name, JSON.parse(readFileSync(join(folder, name), 'utf8')) as Fields] as const)
  .filter(([, body]) => body.status === undefined);
const carried = (cloud: Fields): Fields => {
  const translated = onPremisesBody(cloud, context);
  if ('refused' in translated) throw new Error(translated.refused.details);
  return translated.body;
};

describe('a message of the Cloud API on an On-Premises client', () => {
  it.each([
    [
      'a text, with its recipient in digits',
      { messaging_product: 'whatsapp', to: '+1 (555) 000-2222', type: 'text', text: { body: 'hi' } },
      { to: '15550002222', type: 'text', text: { body: 'hi' } },
    ],
    [
      'a message without a type, which is a text',
      { messaging_product: 'whatsapp', to: 15550002222, text: { body: 'hi' } },
      { to: '15550002222', type: 'text', text: { body: 'hi' } },
    ],
    [
      'a template, with namespace and language policy',
      { to: '15550002222', type: 'template', template: { name: 'a', language: { code: 'en_US' } } },
      {
        to: '15550002222',
        type: 'template',
        template: { name: 'a', namespace: 'ns_1', language: { policy: 'deterministic', code: 'en_US' } },
      },
    ],
    [
      'a template that names its own namespace',
      { to: '15550002222', type: 'template', template: { name: 'a', namespace: 'mine', language: { code: 'de' } } },
      {
        to: '15550002222',
        type: 'template',
        template: { name: 'a', namespace: 'mine', language: { policy: 'deterministic', code: 'de' } },
      },
    ],
    [
      'nothing that only the Cloud API knows',
      {
        to: '1',
        recipient: 'US.1',
        type: 'text',
        text: { body: 'x' },
        biz_opaque_callback_data: 'd',
        product_policy: 'STRICT',
      },
      { to: '1', type: 'text', text: { body: 'x' } },
    ],
    [
      'what we do not know ourselves, as it is',
      { to: '1', type: 'hologram', hologram: { depth: 3 }, context: { message_id: 'gBEG' } },
      { to: '1', type: 'hologram', hologram: { depth: 3 }, context: { message_id: 'gBEG' } },
    ],
    [
      'a group message to the group id as it is written',
      { to: 'R1JP-1', recipient_type: 'group', type: 'text', text: { body: 'x' } },
      { to: 'R1JP-1', recipient_type: 'group', type: 'text', text: { body: 'x' } },
    ],
  ] as const)('is %s', (_, cloud, expected) => {
    expect(carried(cloud)).toEqual(expected);
  });

  it.each([
    ['a customer known only by a user id', { recipient: 'US.1', type: 'text', text: { body: 'x' } }, 131062],
    ['no recipient', { type: 'text', text: { body: 'x' } }, 131008],
    [
      'a check of identity, which would be lost',
      { to: '1', recipient_identity_key_hash: 'h', text: { body: 'x' } },
      100,
    ],
    ['a template while the namespace is unknown', { to: '1', type: 'template', template: { name: 'a' } }, 131008],
  ])('is refused with a reason for %s', (_, cloud, code) => {
    expect(onPremisesBody(cloud as Fields)).toEqual({ refused: { code, details: expect.stringMatching(/\w+: .{8}/) } });
  });

  it.each(samples)('keeps its content: %s', (_, cloud) => {
    const translated = onPremisesBody(cloud, context);
    if ('refused' in translated) return expect(cloud.to).toBeUndefined();
    const type = String(cloud.type);
    const { namespace, language, ...content } = translated.body[type] as Fields;
    expect(translated.body).not.toHaveProperty('messaging_product');
    expect(content).toEqual(type === 'template' ? withoutLanguage(cloud[type] as Fields) : contentOf(cloud[type]));
    if (type === 'template')
      expect([namespace, language]).toEqual(['ns_1', expect.objectContaining({ policy: 'deterministic' })]);
  });
});

describe('a message of an old client on the Cloud API', () => {
  it('gets the product, a + before the number, and loses the namespace', () => {
    const template = { namespace: 'ns', name: 'a', language: { policy: 'deterministic', code: 'en' } };
    expect(cloudBody({ to: '15550002222', type: 'template', template })).toEqual({
      messaging_product: 'whatsapp',
      to: '+15550002222',
      type: 'template',
      template: { name: 'a', language: { policy: 'deterministic', code: 'en' } },
    });
  });

  it('there and back is the same message', () => {
    const text = fc.record({
      to: fc.stringMatching(/^[1-9]\d{6,14}$/).map((digits) => `+${digits}`),
      type: fc.constant('text'),
      text: fc.record({ body: fc.string({ minLength: 1 }) }),
      context: fc.record({ message_id: fc.string() }),
    });
    fc.assert(
      fc.property(text, (message) => {
        const cloud = { messaging_product: 'whatsapp', ...message };
        expect(cloudBody(carried(cloud))).toEqual(cloud);
      }),
    );
  });
});

const withoutLanguage = ({ language: _, ...rest }: Fields): Fields => rest;
// Lists (contacts) are spread like objects above.
const contentOf = (content: unknown): Fields => ({ ...(content as Fields) });
