import { needOf } from './route-needs.js';
import { type SupportMay, supportMay } from './support-reach.js';

const LOOK = { writes: false, bodies: false };
const READ = { writes: false, bodies: true };
const MEND = { writes: true, bodies: false };
const may = (access: SupportMay, method: string, route: string) =>
  supportMay(access, method, route, needOf(method, route));

describe('an access of the provider’s staff', () => {
  it.each([
    ['GET', '/api/v1/messages', [true, true, true]],
    ['GET', '/api/v1/issued-invoices', [true, true, true]],
    ['POST', '/api/v1/estimates', [false, false, false]],
    ['GET', '/:wabaId/message_templates', [true, true, true]],
    ['GET', '/api/v1/conversations', [false, true, false]],
    ['GET', '/:mediaId', [false, true, false]],
    ['GET', '/api/v1/webhooks/:id/deliveries', [false, true, false]],
    ['POST', '/:wabaId/message_templates', [false, false, true]],
    ['PATCH', '/api/v1/webhooks/:id', [false, false, true]],
    ['POST', '/:phoneNumberId/messages', [false, false, false]],
    ['POST', '/api/v1/wallet/top-ups', [false, false, false]],
    ['GET', '/api/v1/api-keys', [false, false, false]],
    ['GET', '/api/v1/users', [false, false, false]],
    ['GET', '/api/v1/support-accesses', [false, false, false]],
    ['POST', '/api/v1/password', [false, false, false]],
  ])('may %s %s when it looks, reads, mends: %j', (method, route, allowed) => {
    expect([LOOK, READ, MEND].map((access) => may(access, method, route))).toEqual(allowed);
  });
});
