import { Writable } from 'node:stream';
import { createLogger, loggableUrl } from './logger.js';

describe('logs', () => {
  it('carry neither keys, tokens, PINs nor message bodies', () => {
    let lines = '';
    const sink = new Writable({
      write(chunk, _encoding, done) {
        lines += chunk;
        done();
      },
    });
    const logger = createLogger('test', sink);
    logger.info({ req: { headers: { authorization: 'Bearer EAAsecret1', 'd360-api-key': 'secret2' } } }, 'request');
    logger.warn({ signup: { pin: 'secret3', access_token: 'secret4' }, password: 'secret5' }, 'signup');
    logger.error({ message: { payload: { text: { body: 'secret6' } } } }, 'send');
    const failed = Object.assign(new Error('violates a constraint'), {
      parameters: ['secret7'],
      detail: 'Key (text)=(secret8) already exists.',
      driverError: Object.assign(new Error('violates'), { detail: 'secret9' }),
    });
    logger.error({ err: failed }, 'statement');
    expect(lines.split('\n').filter(Boolean)).toHaveLength(4);
    expect(lines).not.toMatch(/secret\d/);
  });

  it('show no token and no customer that came in a URL', () => {
    expect(loggableUrl('/v24.0/1/messages?access_token=EAAx&fields=id')).toBe(
      '/v24.0/1/messages?access_token=[redacted]&fields=[redacted]',
    );
    expect(loggableUrl('/meta?hub.mode=subscribe&hub.verify_token=abc')).not.toContain('abc');
    expect(loggableUrl('/api/v1/consents?customer=%2B525512345678')).not.toContain('5512345678');
    expect(loggableUrl('/api/v1/phone-numbers/1060/service-windows/525512345678')).toBe(
      '/api/v1/phone-numbers/1060/service-windows/[redacted]',
    );
    expect(loggableUrl('/v1/messages/wamid.HBgNNTIxNTUxMjM0NTY3OBUCAA==')).toBe('/v1/messages/[redacted]');
    expect(loggableUrl('/api/v1/messages/batches')).toBe('/api/v1/messages/batches');
  });
});
