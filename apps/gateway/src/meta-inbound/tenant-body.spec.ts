import type { MetaChange } from './changes-of.js';
import { envelopeOf, envelopeOfPart } from './tenant-body.js';

const contact = (wa_id: string) => ({ profile: { name: wa_id }, wa_id });
const change: MetaChange = {
  id: '100',
  field: 'messages',
  value: {
    messaging_product: 'whatsapp',
    metadata: { phone_number_id: '200' },
    contacts: [contact('1'), contact('2'), { profile: { name: 'hidden' }, user_id: 'US.3' }],
    messages: [{ from: '1' }, { from: '2' }],
    statuses: [{ id: 'x' }],
    new_of_2027: { kept: true },
  },
};
const toldValue = (body: string) => JSON.parse(body).entry[0].changes[0].value;

describe('what a tenant is told of a webhook with many parts', () => {
  it('is one part, with the contact it is about and everything that stands beside the lists', () => {
    const value = toldValue(envelopeOfPart(change, 'messages', [{ from: '2' }]));
    expect(value).toEqual({
      messaging_product: 'whatsapp',
      metadata: { phone_number_id: '200' },
      new_of_2027: { kept: true },
      contacts: [contact('2')],
      messages: [{ from: '2' }],
    });
    expect(toldValue(envelopeOfPart(change, 'messages', [{ from_user_id: 'US.3' }])).contacts).toMatchObject([
      { user_id: 'US.3' },
    ]);
    expect(toldValue(envelopeOfPart(change, 'statuses', [{ recipient_id: '9' }]))).not.toHaveProperty('contacts');
  });

  it('wears the envelope of Meta, with the time only where Meta gave one', () => {
    expect(JSON.parse(envelopeOf({ id: '1', time: 5, field: 'security', value: { event: 'PIN_CHANGED' } }))).toEqual({
      object: 'whatsapp_business_account',
      entry: [{ id: '1', time: 5, changes: [{ field: 'security', value: { event: 'PIN_CHANGED' } }] }],
    });
    expect(JSON.parse(envelopeOf(change)).entry[0]).not.toHaveProperty('time');
  });
});
