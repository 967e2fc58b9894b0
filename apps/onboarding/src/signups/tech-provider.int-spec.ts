import { eventually } from '../../../../test/support/app.js';
import { OnboardingStack } from '../../../../test/support/onboarding.js';

describe('with a provider that has no credit line', () => {
  let stack: OnboardingStack;
  beforeAll(async () => {
    stack = await OnboardingStack.start({ META_CREDIT_LINE_ID: '', META_SYSTEM_USER_TOKEN: '' });
    await stack.startWorker();
  });
  afterAll(() => stack.stop());

  it('a merchant is told to pay Meta itself, and its number is live all the same', async () => {
    const { token } = await stack.merchant();
    const id = await stack.begin(token);
    const meta = await stack.meta('POST', '/embedded_signup', { business_name: 'Shop' });
    await stack.api('POST', `/signups/${id}/code`, { token, body: { code: meta.code } });
    const live = await eventually(async () => {
      const signup = await stack.look(token, id);
      return signup.state === 'live' && signup;
    });
    expect(live).toMatchObject({
      paid_by: 'merchant',
      next_action: { who: 'merchant', text: expect.stringContaining('payment method') },
    });
    expect(await stack.done('POST', '/whatsapp_credit_sharing_and_attach')).toEqual([]);
    expect((await stack.api('GET', '/reviews', { token })).body.data[0].paid_by).toBe('merchant');
  });
});
