import { Refusal } from '#libs/http';
import type { Fields } from './problems.js';
import { readMessage } from './read-message.js';

const to = '+16505551234';
const message = (type: string, content: unknown, more: Fields = {}) => ({
  messaging_product: 'whatsapp',
  to,
  type,
  [type]: content,
  ...more,
});
/** What is refused: Paloma's code, and the first words of the details up to the place. */
function refusalOf(given: unknown): [code: string, at: string] | 'taken' {
  try {
    readMessage(given);
    return 'taken';
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return [error.code, error.details.slice(0, error.details.indexOf(': '))];
  }
}
describe('a message that Meta would refuse is refused at once, and its place is named', () => {
  // By what is wrong: `unfit` is 100, `missing` 131008, `invalid` 131009 at Meta.
  const [unfit, missing, invalid] = ['invalid_parameter', 'missing_parameter', 'invalid_value'];

  it.each<[string, unknown, string, string]>([
    ['a type that Meta does not have', message('hologram', { depth: 3 }), unfit, 'type'],
    ['another status than read', { messaging_product: 'whatsapp', status: 'seen', message_id: 'w' }, unfit, 'status'],
    ['a receipt for nothing', { messaging_product: 'whatsapp', status: 'read' }, missing, 'message_id'],
    [
      'an indicator of something else than text',
      { messaging_product: 'whatsapp', status: 'read', message_id: 'w', typing_indicator: { type: 'audio' } },
      unfit,
      'typing_indicator.type',
    ],
    ['a text that is too long', message('text', { body: 'x'.repeat(4_097) }), unfit, 'text.body'],
    [
      'callback data that is too long',
      message('text', { body: 'x' }, { biz_opaque_callback_data: 'x'.repeat(513) }),
      unfit,
      'biz_opaque_callback_data',
    ],
    ['a caption on a sound', message('audio', { id: '1', caption: 'x' }), unfit, 'audio.caption'],
    ['a caption on a sticker', message('sticker', { id: '1', caption: 'x' }), unfit, 'sticker.caption'],
    ['a caption that is too long', message('video', { id: '1', caption: 'x'.repeat(1_025) }), unfit, 'video.caption'],
    ['a picture from nowhere', message('image', {}), missing, 'image'],
    ['a picture from a file', message('image', { link: 'file:///etc/passwd' }), invalid, 'image.link'],
    ['a picture by nothing', message('image', { id: null, link: null }), missing, 'image'],
    [
      'a file by a number that lost its digits',
      message('image', { id: Number('12345678901234567890') }),
      invalid,
      'image.id',
    ],
    [
      'a place without a longitude',
      message('location', { latitude: 1, longitude: null }),
      missing,
      'location.longitude',
    ],
    ['a place by a list', message('location', { latitude: 1, longitude: [] }), invalid, 'location.longitude'],
    ['a place by a blank', message('location', { latitude: ' ', longitude: 1 }), invalid, 'location.latitude'],
    ['a place off the globe', message('location', { latitude: 91, longitude: 0 }), invalid, 'location.latitude'],
    ['a contact without a name', message('contacts', [{ phones: [] }]), missing, 'contacts[0].name'],
    ['258 contacts', message('contacts', Array(258).fill({ name: { formatted_name: 'Bo' } })), invalid, 'contacts'],
    [
      'a birthday in words',
      message('contacts', [{ name: { formatted_name: 'Bo' }, birthday: 'May 1' }]),
      invalid,
      'contacts[0].birthday',
    ],
    ['a reaction to nothing', message('reaction', { emoji: '👍' }), missing, 'reaction.message_id'],
    [
      'an unknown language policy',
      message('template', { name: 'x', language: { code: 'en', policy: 'fallback' } }),
      invalid,
      'template.language.policy',
    ],
    [
      'a place for a group',
      message('location', { latitude: 1, longitude: 1 }, { recipient_type: 'group', to: 'R1' }),
      invalid,
      'type',
    ],
    [
      'a customer in place of a group',
      { messaging_product: 'whatsapp', recipient_type: 'group', recipient: 'US.134', text: { body: 'x' } },
      missing,
      'to',
    ],
    [
      'a user id that is none',
      { messaging_product: 'whatsapp', recipient: 'Ada', text: { body: 'x' } },
      invalid,
      'recipient',
    ],
  ])('%s', (_, given, code, at) => {
    expect(refusalOf(given)).toEqual([code, at]);
  });
});

describe('what Meta takes is taken', () => {
  it.each<[string, unknown]>([
    ['a text without a type', { messaging_product: 'whatsapp', to, text: { body: 'x' } }],
    ['fields that we do not know', message('text', { body: 'x', shade: 'blue' }, { new_field: true })],
    ['a longest text of emoji', message('text', { body: '😀'.repeat(4_096) })],
    ['an empty birthday', message('contacts', [{ name: { formatted_name: 'Bo' }, birthday: '' }])],
    ['an empty caption on a sound', message('audio', { id: 7, caption: '' })],
    ['a reaction taken back', message('reaction', { message_id: 'wamid.x', emoji: '' })],
    ['a picture in a group', message('image', { id: '1' }, { recipient_type: 'group', to: 'R1JPVVA' })],
    ['a picture whose link is null', message('image', { id: '1', link: null })],
    ['both a number and a user id', message('text', { body: 'x' }, { recipient: 'US.134' })],
  ])('%s', (_, given) => {
    expect(refusalOf(given)).toBe('taken');
  });
});
