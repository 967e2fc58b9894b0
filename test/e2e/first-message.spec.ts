import { Receiver } from '../../tools/demo/receiver.js';
import { liveTheStory } from '../../tools/demo/story.js';
import { runningStack } from '../support/stack.js';

describe('a merchant’s first message', () => {
  it('goes all the way: signup, template, send, statuses, reply, answer, charge, invoice, and what staff see', async () => {
    const { staff, gateway, onboarding, billing, admin, engagement, sandbox } = runningStack();
    const apps = { gateway, onboarding, billing, admin, engagement, sandbox };
    const reach = {
      urls: Object.fromEntries(Object.entries(apps).map(([name, { url }]) => [name, url])),
      secrets: { ownerPassword: 'a password of the first message', staffPassword: staff.password },
    };
    const seen: Record<string, string> = {};
    const receiver = await Receiver.start();
    try {
      await liveTheStory(reach, receiver, {
        chapter: () => {},
        say: () => {},
        done: (what, result) => {
          seen[what] = result;
        },
      });
    } finally {
      await receiver.stop();
    }
    expect(seen).toMatchObject({
      'Embedded signup': expect.stringMatching(/^live with \+\d+/),
      'Template approved': expect.stringContaining('signature verified'),
      'Status sent': expect.stringContaining('signature verified'),
      'Status delivered': expect.stringContaining('utility, regular'),
      'Status read': expect.stringContaining('signature verified'),
      'Answer inside the window': expect.stringContaining('free_customer_service'),
      Charge: expect.stringMatching(
        /^1 × (0\.\d+) = \1 USD \(Mexico, utility, rule pmp\/regular, card of \d{4}-\d{2}-\d{2}\)$/,
      ),
      Ledger: expect.stringMatching(/^balanced/),
      'Tier headroom': '249 of 250 customers left in this moving day',
      'Trace of the message': expect.stringMatching(/^accepted (?=.*submitted)(?=.*delivered)(?=.*cost)(?=.*price)/),
    });
  });
});
