import { eventually, http } from '../support/app.js';
import { runningStack } from '../support/stack.js';

const CUSTOMER = '5215598761234';
const FLOW = {
  triggers: [{ on: 'keyword', words: ['bot order'] }],
  start: 'size',
  steps: {
    size: {
      do: 'choose',
      text: 'Which size?',
      save: 'size',
      options: [
        { id: 's', title: 'Small', next: 'count' },
        { id: 'l', title: 'Large', next: 'count' },
      ],
    },
    count: { do: 'ask', text: 'How many?', as: 'number', save: 'count', next: 'people' },
    people: { do: 'hand_over', text: 'One moment.', back: 'sum' },
    sum: { do: 'say', text: '{{count}} x {{size}}, thank you.' },
  },
};

describe('a bot', () => {
  it('holds an order conversation, hands over, is silent beside people, and goes on when it gets it back', async () => {
    const stack = runningStack();
    const [, shop] = stack.tenants;
    const call = (method: string, path: string, body?: unknown) =>
      http(method, `${stack.engagement.url}/api/v1${path}`, { token: shop.apiKey, body });
    const sandbox = `${stack.sandbox.url}/_sandbox`;
    const writes = (message: object) =>
      http('POST', `${sandbox}/inbound`, { body: { phone_number_id: shop.phoneNumberId, from: CUSTOMER, message } });
    const said = async (): Promise<string[]> => {
      const { body } = await http('GET', `${sandbox}/messages?phone_number_id=${shop.phoneNumberId}&to=${CUSTOMER}`);
      const all = (body.data ?? body.messages ?? body) as { body?: object }[];
      return all.map((m) => JSON.stringify(m));
    };
    const hears = (text: string) => eventually(async () => (await said()).some((m) => m.includes(text)), 60_000);
    const conversation = async () =>
      (await call('GET', '/inbox/conversations')).body.data.find((c: { customer: string }) => c.customer === CUSTOMER);

    const bot = await call('POST', '/bots', { name: 'orders of the journey', flow: FLOW });
    expect(bot.status).toBe(201);
    expect((await call('POST', `/bots/${bot.body.id}/publish`)).body).toEqual({ version: 1 });
    await writes({ type: 'text', text: { body: 'A bot order, please' } });
    await hears('Which size?');
    await writes({
      type: 'interactive',
      interactive: { type: 'button_reply', button_reply: { id: 'l', title: 'Large' } },
    });
    await hears('How many?');
    await writes({ type: 'text', text: { body: '12' } });
    await hears('One moment.');
    const waiting = await eventually(async () => {
      const now = await conversation();
      return now?.owner === 'nobody' && now;
    });
    expect(
      (await call('POST', `/inbox/conversations/${waiting.id}/messages`, { text: 'A discount for you' })).status,
    ).toBe(201);
    await hears('A discount for you');
    const before = (await said()).length;
    await writes({ type: 'text', text: { body: 'bot order' } });
    await eventually(async () => (await conversation()).unread === 1);
    expect((await said()).length).toBe(before);
    await call('POST', `/inbox/conversations/${waiting.id}/give`, { to: 'bot' });
    await hears('12 x Large, thank you.');
    expect((await said()).length).toBe(before + 1);
    await call('PUT', `/bots/${bot.body.id}/live`, { version: null });
  });

  it('and people after it answer who hides their number, by the user id that Meta gives instead', async () => {
    const stack = runningStack();
    const [, shop] = stack.tenants;
    const call = (method: string, path: string, body?: unknown) =>
      http(method, `${stack.engagement.url}/api/v1${path}`, { token: shop.apiKey, body });
    const sandbox = `${stack.sandbox.url}/_sandbox`;
    const hidden = 'MX.90000000000000000077';
    const hears = (text: string) =>
      eventually(async () => {
        const { body } = await http('GET', `${sandbox}/messages?phone_number_id=${shop.phoneNumberId}&to=${hidden}`);
        return JSON.stringify(body).includes(text);
      }, 60_000);
    const flow = {
      triggers: [{ on: 'keyword', words: ['who hides'] }],
      start: 'hello',
      steps: { hello: { do: 'say', text: 'Nobody sees your number.' } },
    };
    const bot = await call('POST', '/bots', { name: 'for who hides', flow });
    await call('POST', `/bots/${bot.body.id}/publish`);
    const message = { type: 'text', text: { body: 'One who hides' } };
    await http('POST', `${sandbox}/inbound`, { body: { phone_number_id: shop.phoneNumberId, from: hidden, message } });
    await hears('Nobody sees your number.');
    const { data } = (await call('GET', '/inbox/conversations')).body;
    const { id } = data.find((c: { customer: string }) => c.customer === hidden);
    expect((await call('POST', `/inbox/conversations/${id}/messages`, { text: 'A person here' })).status).toBe(201);
    await hears('A person here');
    await call('PUT', `/bots/${bot.body.id}/live`, { version: null });
  });
});
