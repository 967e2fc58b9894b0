import { numberInBaseUrl } from './number-in-base-url.js';

describe('a number in the base URL of a 360dialog client', () => {
  it.each([
    ['/106540352242922/v1/messages', '/v1/messages?phone_number_id=106540352242922'],
    ['/106540352242922/v1/configs/templates?limit=5', '/v1/configs/templates?limit=5&phone_number_id=106540352242922'],
    ['/106540352242922/multi_webhook', '/multi_webhook?phone_number_id=106540352242922'],
    ['/106540352242922/health_status', '/health_status?phone_number_id=106540352242922'],
    ['/106540352242922/1000000000000001', '/1000000000000001?phone_number_id=106540352242922'],
  ])('%s becomes %s', (given, meant) => expect(numberInBaseUrl(given)).toBe(meant));

  it.each([
    '/106540352242922',
    '/106540352242922?fields=id',
    '/106540352242922/messages',
    '/106540352242922/message_templates?limit=1',
    '/v1/messages',
    '/api/v1/messages',
    '/health_status',
  ])('%s is left as it is', (path) => expect(numberInBaseUrl(path)).toBe(path));
});
