import { parseSignupEvent } from './signup-event.js';

const finish = (event: string, data: object) => ({ type: 'WA_EMBEDDED_SIGNUP', event, version: 3, data });

describe('a message event of the signup dialog', () => {
  it('names account and number when the dialog was finished', () => {
    expect(
      parseSignupEvent(finish('FINISH', { phone_number_id: '200', waba_id: '100', business_id: '300', page_ids: [] })),
    ).toEqual({ told: 'finished', wabaId: '100', phoneNumberId: '200', businessId: '300', coexistence: false });
    expect(parseSignupEvent(finish('FINISH_ONLY_WABA', { waba_id: 100 }))).toEqual({
      told: 'finished',
      wabaId: '100',
      coexistence: false,
    });
    expect(parseSignupEvent(finish('FINISH_WHATSAPP_BUSINESS_APP_ONBOARDING', { waba_id: '100' }))).toMatchObject({
      coexistence: true,
    });
  });

  it('tells where the dialog was left, or what was reported', () => {
    expect(parseSignupEvent(finish('CANCEL', { current_step: 'PERMISSIONS' }))).toEqual({
      told: 'left',
      step: 'PERMISSIONS',
    });
    for (const event of ['CANCEL', 'ERROR']) {
      expect(parseSignupEvent(finish(event, { error_message: 'oops', error_id: 524126, session_id: 's' }))).toEqual({
        told: 'left',
        reported: { message: 'oops', errorId: '524126', sessionId: 's' },
      });
    }
  });

  it.each(['1/../me', '12?fields=x', '', 'abc', '9'.repeat(40), null, {}])('drops an id that is none: %j', (id) => {
    expect(parseSignupEvent(finish('FINISH', { waba_id: id, phone_number_id: id }))).toEqual({
      told: 'finished',
      coexistence: false,
    });
  });

  it.each([null, 'text', {}, { type: 'OTHER', event: 'FINISH' }, { type: 'WA_EMBEDDED_SIGNUP' }, finish('PARTY', {})])(
    'is not seen in anything else: %j',
    (message) => {
      expect(parseSignupEvent(message)).toBeUndefined();
    },
  );

  it('may come without data', () => {
    expect(parseSignupEvent({ type: 'WA_EMBEDDED_SIGNUP', event: 'CANCEL' })).toEqual({ told: 'left' });
  });
});
