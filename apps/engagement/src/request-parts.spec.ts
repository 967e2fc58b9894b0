import { nativeValidation, Refusal } from '#libs/http';
import { CampaignRequest } from './campaigns/campaign.request.js';
import { InboxSettingsRequest } from './inbox/inbox.request.js';
import { ShopEventRequest } from './shop-events/shop-event.request.js';

const EVENT = { id: 'e1', kind: 'order.placed', subject: '1042' };
const CAMPAIGN = { name: 'Sale', phone_number_ids: ['1'], variants: [], audience: 'list' };
const SETTINGS = { desk: 'inbox' };

const problemsOf = (metatype: new () => object, body: object): Promise<string[]> =>
  nativeValidation()
    .transform(body, { type: 'body', metatype })
    .then(
      () => [],
      (refusal) => Object.keys((refusal as Refusal).more.fields ?? {}),
    );

describe('a part of a request', () => {
  it.each<[string, new () => object, object]>([
    ['customer', ShopEventRequest, EVENT],
    ['customer', ShopEventRequest, { ...EVENT, customer: [] }],
    ['customer', ShopEventRequest, { ...EVENT, customer: [{ phone: '+5215512345678' }] }],
    ['customer', ShopEventRequest, { ...EVENT, customer: '+5215512345678' }],
    ['customer', ShopEventRequest, { ...EVENT, customer: null }],
    ['working_hours', InboxSettingsRequest, { ...SETTINGS, working_hours: [] }],
    ['quiet_hours', CampaignRequest, { ...CAMPAIGN, quiet_hours: [] }],
    ['schedule', CampaignRequest, { ...CAMPAIGN, schedule: [] }],
  ])('must be there, and be one: %s', async (field, metatype, body) => {
    expect(await problemsOf(metatype, body)).toContain(field);
  });

  it('is taken where it is one', async () => {
    expect(await problemsOf(ShopEventRequest, { ...EVENT, customer: { phone: '+5215512345678' } })).toEqual([]);
    expect(await problemsOf(InboxSettingsRequest, { ...SETTINGS, working_hours: null })).toEqual([]);
  });
});
