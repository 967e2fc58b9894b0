import { connect } from 'node:net';
import { Body, Controller, Module, Post } from '@nestjs/common';
import { ProcessModule } from '#libs/process';
import { http, type RunningApp, startApp, testEnvironment } from '../../../test/support/app.js';
import { cloneDatabase, type TestDatabase } from '../../../test/support/database.js';

@Controller('echo')
class EchoController {
  @Post()
  echo(@Body() body: unknown): Promise<unknown> {
    return Promise.resolve({ heard: body });
  }
}
@Module({ imports: [ProcessModule.forRoot({ queues: [] })], controllers: [EchoController] })
class EchoModule {}

const LIMIT = 2 * 1024 * 1024;

describe('bytes that are no request', () => {
  let database: TestDatabase;
  let running: RunningApp;
  beforeAll(async () => {
    database = await cloneDatabase();
    running = await startApp(EchoModule, testEnvironment(database, { LOG_LEVEL: 'silent' }), {
      bodyLimit: LIMIT,
      renderRefusal: (refusal, { url, id }) => ({
        in: 'our envelope',
        code: refusal.code,
        details: refusal.details,
        url,
        id,
      }),
    });
  });
  afterAll(async () => {
    await running.close();
    await database.drop();
  });

  /** Everything that comes back until the connection is closed. */
  const raw = (bytes: string) =>
    new Promise<string>((resolve, reject) => {
      const socket = connect(Number(new URL(running.url).port), '127.0.0.1', () => socket.write(bytes));
      let answer = '';
      socket.on('data', (chunk) => {
        answer += chunk;
      });
      socket.on('error', reject).on('close', () => resolve(answer));
    });
  const post = (body: string, length = Buffer.byteLength(body)) =>
    `POST /echo?x=1 HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: ${length}\r\n\r\n${body}`;
  const bodiesOf = (answer: string) => answer.split(/HTTP\/1\.1 \d+ (?:.*\r\n)+?\r\n/).slice(1);

  it.each([
    ['a request line of nonsense', 'HELLO\r\n\r\n', 400, 'malformed_request', '/'],
    [
      'two lengths',
      'POST /echo HTTP/1.1\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\n',
      400,
      'malformed_request',
      '/echo',
    ],
    ['endless headers', `GET /echo HTTP/1.1\r\nx: ${'x'.repeat(20_000)}\r\n\r\n`, 431, 'headers_too_large', '/echo'],
    [
      'a chunk whose size is no number',
      'POST /echo HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n',
      400,
      'malformed_request',
      '/echo',
    ],
  ])('are refused in the envelope of everything else: %s', async (_, bytes, status, code, url) => {
    const answer = await raw(bytes);
    expect(answer).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
    const [body = ''] = bodiesOf(answer);
    expect(JSON.parse(body)).toMatchObject({ in: 'our envelope', code, url });
    expect(answer).toContain(`x-request-id: ${JSON.parse(body).id}`);
  });

  it('after a request that arrived whole do not take its answer away', async () => {
    const answer = await raw(post('{"order":1}{"more":2}', 11));
    expect(bodiesOf(answer).map((b) => JSON.parse(b))).toMatchObject([
      { heard: { order: 1 } },
      { in: 'our envelope', code: 'malformed_request' },
    ]);
  });

  it('too many of them are refused with the number of bytes that fit', async () => {
    const { status, body } = await http('POST', `${running.url}/echo`, { body: `"${'x'.repeat(LIMIT)}"` });
    expect([status, body.code, body.details]).toEqual([
      413,
      'payload_too_large',
      'The body is larger than the 2 MB (2097152 bytes) that this path takes.',
    ]);
  });
});
