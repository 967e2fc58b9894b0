import { CheckedContacts } from './checked-contacts.js';
import type { CheckedContact } from './on-premises-client.js';
import { OnPremisesTransport } from './on-premises-transport.js';

const DAY = 86_400_000;
let now = Date.parse('2026-11-22T10:00:00Z');
const clock = { now: () => new Date(now) };
let asked: string[];
let says: Partial<CheckedContact>;
const client = {
  checkContacts: async ([input = '']: readonly string[]) => {
    asked.push(input);
    return [{ input, ...says } as CheckedContact];
  },
};
let contacts: CheckedContacts;

beforeEach(() => {
  asked = [];
  says = { status: 'valid', wa_id: '5215512345678' };
  contacts = new CheckedContacts(client, clock);
});

describe('a customer, where the client wants each checked,', () => {
  it('is asked for once by all who send at the moment, and again when the client has forgotten', async () => {
    const many = Array.from({ length: 10 }, () => contacts.waIdOf('525512345678'));
    expect(new Set(await Promise.all(many))).toEqual(new Set(['5215512345678']));
    await contacts.waIdOf('525512345678');
    expect(asked).toEqual(['+525512345678']);
    now += 7 * DAY;
    await contacts.waIdOf('525512345678');
    expect(asked).toHaveLength(2);
  });

  it('who is not on WhatsApp is asked for again after a minute', async () => {
    says = { status: 'invalid' };
    expect([await contacts.waIdOf('1555'), await contacts.waIdOf('1555')]).toEqual([undefined, undefined]);
    now += 60_000;
    says = { status: 'valid', wa_id: '1555' };
    expect(await contacts.waIdOf('1555')).toBe('1555');
    expect(asked).toHaveLength(2);
  });

  const sent: unknown[] = [];
  const sender = {
    send: async (body: unknown) => {
      sent.push(body);
      return { messages: [{ id: 'gBEG1' }] };
    },
  };
  const send = () =>
    new OnPremisesTransport({ ...client, ...sender } as never, { contacts })
      .send(JSON.stringify({ to: '+525512345678', type: 'text', text: { body: 'Hi' } }))
      .catch((error: unknown) => error);

  it('is sent to as the client names them', async () => {
    await send();
    expect(sent.at(-1)).toMatchObject({ to: '5215512345678' });
  });

  it.each([
    ['is refused as the Cloud API does when not on WhatsApp', { status: 'invalid' }, { code: 131026 }],
    ['leaves no doubt when the client cannot say: nothing was sent', { status: 'failed' }, { sent: false }],
  ])('%s', async (_, said, expected) => {
    says = said;
    const before = sent.length;
    expect(await send()).toMatchObject(expected);
    expect(sent).toHaveLength(before);
  });
});
