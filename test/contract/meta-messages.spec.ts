import { readdirSync, readFileSync } from 'node:fs';
import { callbackDataOf, messageIdOf } from '#libs/outbox';
import { http } from '../support/app.js';
import { customerWrote, type Merchant } from '../support/gateway.js';
import { House, type Json } from './clients/house.js';
import { TEMPLATES } from './templates.js';

const FOLDER = new URL('../fixtures/meta/messages/', import.meta.url);
const SAMPLES = new Map(
  readdirSync(FOLDER)
    .filter((file) => file.endsWith('.json'))
    .map((file): [string, Json] => [
      file.replace('.json', ''),
      JSON.parse(readFileSync(new URL(file, FOLDER), 'utf8')) as Json,
    ]),
);
const RECEIPTS = ['mark_read', 'typing_indicator'];
/** Whom the samples write to, in the forms in which we keep them. */
const CUSTOMERS = ['15550002222', 'US.90000000000000000001', 'R1JPVVBfMQ'];

let house: House;
let shop: Merchant;

beforeAll(async () => {
  house = await new House().start();
  shop = await house.merchant();
  for (const [name, template] of Object.entries(TEMPLATES)) await house.template(shop, name, template);
  for (const customer of CUSTOMERS) await customerWrote(house.database, shop, customer);
  await house.customerWrites(shop, '15550002222');
  // The files that the samples name by Meta's own ids, as a number has them that came to us with its files.
  for (const [id, mimeType] of [
    ['600000000000001', 'image/jpeg'],
    ['600000000000002', 'video/mp4'],
    ['600000000000003', 'audio/ogg'],
    ['600000000000004', 'application/pdf'],
    ['600000000000005', 'image/webp'],
  ] as const) {
    const file = {
      phoneNumberId: shop.metaPhoneNumberId,
      mimeType,
      bytes: Buffer.from('x'),
      expiresAt: Number.MAX_VALUE,
    };
    house.sandbox.meta.world.addMedia({ ...file, id } as never);
  }
});
afterAll(() => house.stop());

const send = (body: unknown) =>
  http('POST', `${house.gateway.url}/v24.0/${shop.metaPhoneNumberId}/messages`, { token: shop.apiKey, body });
const sendToMeta = (body: unknown) =>
  http('POST', `${house.sandbox.url}/v24.0/${shop.metaPhoneNumberId}/messages`, {
    token: `token-of-${shop.metaWabaId}`,
    body,
  });

describe('every message of Meta’s pages', () => {
  it('is there to be tried, of each type', () => {
    expect(SAMPLES.size).toBe(46);
    expect(new Set([...SAMPLES.values()].map(({ type }) => type ?? 'receipt')).size).toBe(12);
  });

  it('is accepted, and reaches Meta as it was given, with our callback data', async () => {
    const accepted = new Map<string, string>();
    for (const [name, sample] of SAMPLES) {
      if (RECEIPTS.includes(name)) continue;
      const answer = await send(sample);
      expect([name, answer.status, answer.body.error?.error_data.details]).toEqual([name, 200, undefined]);
      accepted.set(name, answer.body.messages[0].id);
    }
    const sent = await house.sent(shop, accepted.size);
    for (const [name, ref] of accepted) {
      const data = callbackDataOf(messageIdOf(ref) as string);
      const seen = sent.filter((message) => message.biz_opaque_callback_data === data);
      expect([name, seen.length]).toEqual([name, 1]);
      expect([name, seen[0]?.body]).toEqual([name, { ...SAMPLES.get(name), biz_opaque_callback_data: data }]);
    }
  });

  it.each(RECEIPTS)('is passed to Meta as it was given: %s', async (name) => {
    expect(await send(SAMPLES.get(name))).toMatchObject({ status: 200, body: { success: true } });
    const { data } = await house.control('GET', `/calls?path=/${shop.metaPhoneNumberId}/messages`);
    expect(data.at(-1).body).toEqual(SAMPLES.get(name));
  });
});

/** A sample with something changed: a path through it, and what is to be there instead (undefined: nothing). */
function changed(name: string, path: string, value: unknown): Json {
  const body = structuredClone(SAMPLES.get(name)) as Json;
  const steps = path.split('.');
  const last = steps.pop() as string;
  // biome-ignore lint/suspicious/noExplicitAny: a path through any JSON
  const place = steps.reduce<any>((at, step) => at[step], body);
  if (value === undefined) delete place[last];
  else place[last] = value;
  return body;
}
const long = (length: number) => 'x'.repeat(length);
const text = (value: string, more: Json = {}) => ({ type: 'text', text: value, ...more });
const C = 'template.components';

describe('a message that Meta refuses is refused before it is accepted, with the same code', () => {
  it.each<[code: number, name: string, path: string, value: unknown]>([
    [100, 'text', 'messaging_product', 'telegram'],
    [100, 'text', 'type', 'hologram'],
    [131009, 'text', 'to', 'Ada'],
    [131009, 'bsuid_text', 'recipient', 'Ada'],
    [131008, 'text', 'text', undefined],
    [131008, 'text', 'text.body', ''],
    [100, 'text', 'text.body', long(4_097)],
    [100, 'text_opaque', 'biz_opaque_callback_data', long(513)],
    [131008, 'image_id', 'image.id', undefined],
    [131009, 'image_link', 'image.link', 'file:///etc/passwd'],
    [100, 'image_id', 'image.caption', long(1_025)],
    [100, 'audio', 'audio.caption', 'no'],
    [100, 'sticker', 'sticker.caption', 'no'],
    [131009, 'location', 'location.latitude', '91'],
    [131008, 'location', 'location.longitude', undefined],
    [131008, 'contacts', 'contacts.0.name.formatted_name', undefined],
    [131009, 'contacts', 'contacts.0.birthday', '23 January'],
    [131008, 'reaction', 'reaction.message_id', undefined],
    [131009, 'interactive_button', 'interactive.action.buttons', []],
    [100, 'interactive_button', 'interactive.action.buttons.0.reply.title', long(21)],
    [131009, 'interactive_button', 'interactive.action.buttons.1.reply.title', 'Yes'],
    [131008, 'interactive_button', 'interactive.body', undefined],
    [131009, 'interactive_list', 'interactive.header', { type: 'image', image: { link: 'https://a.example' } }],
    [131009, 'interactive_list', 'interactive.action.sections.1.rows.0.id', 'r1'],
    [131008, 'interactive_list', 'interactive.action.sections.1.title', undefined],
    [100, 'interactive_cta_url', 'interactive.action.parameters.display_text', long(21)],
    [131009, 'interactive_cta_url', 'interactive.action.name', 'open'],
    [131009, 'interactive_location_request', 'interactive.action.name', 'where'],
    [131008, 'interactive_flow', 'interactive.action.parameters.flow_id', undefined],
    [131008, 'interactive_flow', 'interactive.action.parameters.flow_message_version', undefined],
    [131008, 'interactive_product', 'interactive.action.catalog_id', undefined],
    [131008, 'interactive_product_list', 'interactive.header', undefined],
    [131009, 'interactive_carousel_media', 'interactive.action.cards', []],
    [131009, 'interactive_carousel_media', 'interactive.footer', { text: 'no' }],
    [131008, 'interactive_carousel_media', 'interactive.action.cards.1.header', undefined],
    [131008, 'interactive_address_message', 'interactive.action.parameters.country', undefined],
    [131009, 'interactive_call_permission_request', 'interactive.action.name', 'call'],
    [131008, 'interactive_order_details', 'interactive.action.parameters.currency', undefined],
    [131008, 'interactive_order_status', 'interactive.action.parameters.order.status', undefined],
    [131008, 'template_no_params', 'template.name', undefined],
    [131008, 'template_no_params', 'template.language', undefined],
    [131009, 'template_no_params', 'template.language.policy', 'fallback'],
    [132001, 'template_no_params', 'template.name', 'nobody_made_this'],
    [132001, 'template_no_params', 'template.language.code', 'de'],
    [132000, 'template_body_positional', `${C}.0.parameters`, [text('Ada')]],
    [132000, 'template_no_params', C, [{ type: 'body', parameters: [text('Ada')] }]],
    [131008, 'template_body_positional', `${C}.0.parameters.0.text`, ''],
    [132012, 'template_body_positional', `${C}.0.parameters.0.text`, 'two\nlines'],
    [132005, 'template_header_image_buttons', `${C}.1.parameters.0.text`, long(1_025)],
    [132012, 'template_body_positional', `${C}.0.parameters.0`, { type: 'image', image: { id: '1' } }],
    [132012, 'template_body_named', `${C}.0.parameters.0.parameter_name`, undefined],
    [132012, 'template_body_named', `${C}.0.parameters.0.parameter_name`, 'order_number'],
    [131008, 'template_currency_datetime', `${C}.0.parameters.0.currency.fallback_value`, ''],
    [132012, 'template_header_image_buttons', `${C}.0.parameters.0`, { type: 'video', video: { id: '1' } }],
    [132012, 'template_location_header', `${C}.0.parameters.0`, text('Here')],
    [132012, 'template_spm', `${C}.0.parameters.0`, text('sku-1')],
    [132012, 'template_header_image_buttons', `${C}.2.sub_type`, 'url'],
    [131008, 'template_header_image_buttons', `${C}.3.parameters`, []],
    [132012, 'template_authentication', `${C}.0.parameters.0.text`, long(16)],
    [131008, 'template_authentication', `${C}.1.parameters`, []],
    [132012, 'template_coupon', `${C}.0.parameters.0.coupon_code`, long(21)],
    [131008, 'template_coupon', C, []],
    [132012, 'template_carousel', `${C}.1.cards.0.components.0.parameters`, []],
    [132000, 'template_carousel', `${C}.0.parameters`, []],
  ])('%i: %s with %s of %j', async (code, name, path, value) => {
    const body = changed(name, path, value);
    const [ours, metas] = [await send(body), await sendToMeta(body)];
    expect([metas.status >= 400, metas.body.error.code]).toEqual([true, code]);
    expect([ours.status >= 400, ours.body.error.code]).toEqual([true, code]);
    expect(ours.body.error.message).toMatch(new RegExp(`^\\(#${code}\\) `));
    // A place in the message, and what to do.
    expect(ours.body.error.error_data.details).toMatch(/^[\w.[\]]+(:| name \(| \().{10,}/s);
  });
});
