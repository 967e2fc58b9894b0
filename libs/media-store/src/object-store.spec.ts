import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { FolderStore } from './folder-store.js';
import { NoSuchBytesError, type ObjectStore } from './object-store.js';
import { S3Store } from './s3-store.js';

/** As much of S3 as we use, in path style; it checks the checksum as S3 does. */
async function startBucket(): Promise<{ server: Server; url: string; objects: Map<string, Buffer> }> {
  const objects = new Map<string, Buffer>();
  const server = createServer(async (request, response) => {
    const name = (request.url ?? '').split('?')[0] as string;
    const held = objects.get(name);
    if (request.method === 'PUT') {
      const bytes = await buffer(request);
      const sum = createHash('sha256').update(bytes).digest('base64');
      if (request.headers['x-amz-checksum-sha256'] !== sum) return void response.writeHead(400).end();
      objects.set(name, bytes);
      response.writeHead(200).end();
    } else if (request.method === 'DELETE') {
      objects.delete(name);
      response.writeHead(204).end();
    } else if (!held) {
      response.writeHead(404, { 'content-type': 'application/xml' });
      response.end('<Error><Code>NoSuchKey</Code><Message>missing</Message></Error>');
    } else {
      const [, from, to] = /bytes=(\d+)-(\d+)/.exec(request.headers.range ?? '') ?? [];
      const part = from === undefined ? held : held.subarray(Number(from), Number(to) + 1);
      response.writeHead(from === undefined ? 200 : 206, { 'content-length': part.length }).end(part);
    }
  });
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  return { server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, objects };
}

describe.each(['a folder', 'an S3 bucket'])('%s', (kind) => {
  let store: ObjectStore;
  let folder: string;
  let bucket: Awaited<ReturnType<typeof startBucket>>;
  const bytes = randomBytes(300_000);
  const key = {
    tenantId: '0190a000-0000-7000-8000-000000000001',
    sha256: createHash('sha256').update(bytes).digest('hex'),
  };

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'paloma-objects-'));
    bucket = await startBucket();
    store =
      kind === 'a folder'
        ? new FolderStore(folder)
        : new S3Store({
            bucket: 'files',
            region: 'eu-central-1',
            endpoint: bucket.url,
            accessKeyId: 'key',
            secretAccessKey: 'secret',
          });
  });
  afterAll(async () => {
    await rm(folder, { recursive: true });
    bucket.server.closeAllConnections();
    await new Promise((done) => bucket.server.close(done));
  });
  const put = async () => {
    const file = join(folder, 'received');
    await writeFile(file, bytes);
    await store.put(key, file, bytes.length);
  };

  it('gives back what it was given, whole or a part of it', async () => {
    await put();
    expect((await buffer(await store.open(key))).equals(bytes)).toBe(true);
    expect((await buffer(await store.open(key, { from: 10, to: 19 }))).equals(bytes.subarray(10, 20))).toBe(true);
  });

  it('takes the same bytes twice', async () => {
    await put();
    await put();
    expect((await buffer(await store.open(key))).equals(bytes)).toBe(true);
  });

  it('says that it has no such bytes, also after they were removed twice', async () => {
    await put();
    await store.remove(key);
    await store.remove(key);
    await expect(store.open(key)).rejects.toThrow(NoSuchBytesError);
  });

  it("keeps one tenant's bytes apart from another's with the same content", async () => {
    await put();
    await expect(store.open({ ...key, tenantId: '0190a000-0000-7000-8000-000000000002' })).rejects.toThrow(
      NoSuchBytesError,
    );
  });
});
