import fc from 'fast-check';
import { changesOf, fieldOf, routesOf, routeText } from './changes-of.js';

const firstRoute = (payload: unknown) => changesOf(payload).map((c) => routeText(routesOf(c)[0]));
const webhook = (entry: object) => ({ object: 'whatsapp_business_account', entry: [entry] });

describe('a webhook of Meta', () => {
  it('is taken apart into its changes, in order, each with its entry', () => {
    const changes = changesOf({
      object: 'whatsapp_business_account',
      entry: [
        {
          id: '1',
          changes: [
            { field: 'messages', value: { a: 1 } },
            { field: 'messages', value: { a: 2 } },
          ],
        },
        { id: '2', time: 5, changes: [{ field: 'account_update', value: {} }] },
      ],
    });
    expect(changes).toEqual([
      { id: '1', field: 'messages', value: { a: 1 } },
      { id: '1', field: 'messages', value: { a: 2 } },
      { id: '2', time: 5, field: 'account_update', value: {} },
    ]);
  });

  it('leads to the number of a message, the WABA of a management field, and the WABA inside a partner event', () => {
    const value = (v: object) => webhook({ id: '7', changes: [{ field: 'x', value: v }] });
    expect(firstRoute(value({ metadata: { phone_number_id: '2' } }))).toEqual(['phone_number:2']);
    expect(firstRoute(value({ event: 'APPROVED' }))).toEqual(['waba:7']);
    expect(firstRoute(value({ waba_info: { waba_id: '9', owner_business_id: '3' } }))).toEqual(['waba:9']);
    expect(routesOf({ id: '7', value: {} }).map(routeText)).toEqual(['waba:7', 'business:7']);
    expect(firstRoute(webhook({ changes: [{ field: 'x', value: 1 }] }))).toEqual(['unknown:']);
  });

  it('is never dropped, whatever it looks like', () => {
    for (const odd of [1, 'x', null, [], {}, { entry: 3 }, { entry: [3] }, { entry: [{ id: '1' }] }]) {
      expect(JSON.stringify(changesOf(odd))).not.toBe('[]');
    }
    fc.assert(
      fc.property(fc.jsonValue(), (payload) => {
        for (const change of changesOf(payload)) {
          expect(fieldOf(change)).toMatch(/^[\w.-]+$/);
          routesOf(change);
        }
      }),
    );
  });

  it('of another kind of object says so', () => {
    expect(changesOf({ object: 'page', entry: [{ id: '1', changes: [{ field: 'feed' }] }] })).toEqual([
      { object: 'page', id: '1', field: 'feed' },
    ]);
  });
});
