import fc from 'fast-check';
import { newId } from '#libs/ids';
import { callbackDataOf, messageIdOfCallbackData } from './callback-data.js';
import { messageIdOf, newMessageRef } from './message-ref.js';

describe('the ids that others see of a message', () => {
  it('lead back to the message, from the tenant and from Meta', () => {
    fc.assert(
      fc.property(fc.date({ min: new Date(0), noInvalidDate: true }), (at) => {
        const id = newId(at);
        expect(messageIdOf(newMessageRef(id))).toBe(id);
        expect(messageIdOfCallbackData(callbackDataOf(id))).toBe(id);
        expect(newMessageRef(id)).toMatch(/^wamid\.[A-Za-z0-9_-]{26}$/);
      }),
    );
  });

  it('are not read out of what is not ours', () => {
    for (const foreign of [
      '',
      'wamid.HBgLMTY1MDU1NTEyMzQVAgARGBI5QTNDQTVCM0Q0Q0Q2RTY3RTcA',
      `${newMessageRef(newId(new Date()))}A`,
      newMessageRef(newId(new Date())).slice(0, -1),
      // The last character holds two spare bits: another spelling of the same bytes is another id.
      `${newMessageRef('019aab00-0000-7000-8000-000000000000').slice(0, -1)}B`,
    ]) {
      expect(messageIdOf(foreign)).toBeUndefined();
    }
    for (const data of [undefined, '', 'order 4711', 'paloma:', 'paloma:4711']) {
      expect(messageIdOfCallbackData(data)).toBeUndefined();
    }
  });
});
