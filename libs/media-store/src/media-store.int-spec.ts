import { randomBytes } from 'node:crypto';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { ManualClock } from '#libs/clock';
import type { Database } from '#libs/persistence';
import { eventually } from '../../../test/support/app.js';
import { cloneDatabase, connect, type TestDatabase } from '../../../test/support/database.js';
import { type FoundedNumber, foundNumber } from '../../../test/support/numbers.js';
import { FolderStore } from './folder-store.js';
import { InboundMedia } from './inbound-media.js';
import { MediaAtMeta } from './media-at-meta.js';
import { MediaStore } from './media-store.js';
import type { ObjectKey } from './object-store.js';
import { TooManyBytesError } from './spool.js';

const NOW = new Date('2026-11-01T12:00:00Z');
const DAY = 86_400_000;

let database: TestDatabase;
let connected: Awaited<ReturnType<typeof connect>>;
let db: Database;
let folder: string;
let media: MediaStore;
let shop: FoundedNumber;
let other: FoundedNumber;

beforeAll(async () => {
  database = await cloneDatabase();
  connected = await connect(database.appUrl);
  db = connected.db;
  folder = await mkdtemp(join(tmpdir(), 'paloma-media-'));
  media = new MediaStore(db, new FolderStore(folder), new ManualClock(NOW));
  shop = await foundNumber(database, 'shop');
  other = await foundNumber(database, 'other');
});
afterAll(async () => {
  await connected.close();
  await database.drop();
  await rm(folder, { recursive: true });
});

const save = async (bytes: Buffer, owner = shop) =>
  (
    await media.save(
      owner.tenantId,
      { phoneNumberId: owner.phoneNumberId, mimeType: 'application/pdf', fileName: 'a.pdf' },
      await media.receive(Readable.from([bytes]), 1_000_000),
    )
  ).mediaId;
const stored = async (tenantId: string) =>
  (await readdir(join(folder, tenantId), { recursive: true, withFileTypes: true }).catch(() => [])).filter((f) =>
    f.isFile(),
  ).length;
const read = async (mediaId: string, owner = shop) => {
  const found = await media.find(owner.tenantId, mediaId);
  return found?.sha256 ? buffer(await media.open(owner.tenantId, found.sha256)) : undefined;
};

describe('the files of a tenant', () => {
  it('are stored once per content, each upload under an id of its own that a number can hold', async () => {
    const bytes = randomBytes(1_000);
    const before = await stored(shop.tenantId);
    const ids = [await save(bytes), await save(bytes)];
    expect(new Set(ids).size).toBe(2);
    for (const id of ids) {
      expect(id).toMatch(/^\d{16}$/);
      expect(String(Number(id))).toBe(id);
      expect(await read(id)).toEqual(bytes);
    }
    expect(await stored(shop.tenantId)).toBe(before + 1);
  });

  it('lose their bytes with the last file that has them', async () => {
    const bytes = randomBytes(1_000);
    const before = await stored(shop.tenantId);
    const [first, second] = [await save(bytes), await save(bytes)];
    expect(await media.remove(shop.tenantId, first)).toBe(true);
    expect(await read(second)).toEqual(bytes);
    expect(await media.remove(shop.tenantId, second)).toBe(true);
    expect(await stored(shop.tenantId)).toBe(before);
    expect(await media.remove(shop.tenantId, second)).toBe(false);
  });

  it("are apart from another tenant's with the same content", async () => {
    const bytes = randomBytes(1_000);
    const [mine, theirs] = [await save(bytes), await save(bytes, other)];
    expect(await media.find(other.tenantId, mine)).toBeUndefined();
    expect(await media.remove(other.tenantId, mine)).toBe(false);
    await media.remove(shop.tenantId, mine);
    expect(await read(theirs, other)).toEqual(bytes);
  });

  it('are never without their bytes, however uploads and deletions of one content meet', async () => {
    const bytes = randomBytes(1_000);
    const before = await stored(shop.tenantId);
    let held: string[] = [];
    for (let round = 0; round < 15; round++) {
      const [removed] = [held, await Promise.all(held.map((id) => media.remove(shop.tenantId, id)))];
      expect(removed).toBe(held);
      held = [await save(bytes)];
      const [a, b] = await Promise.all([
        save(bytes),
        save(bytes),
        ...held.map((id) => media.remove(shop.tenantId, id)),
      ]);
      held = [a, b] as string[];
      for (const id of held) expect(await read(id)).toEqual(bytes);
    }
    await Promise.all(held.map((id) => media.remove(shop.tenantId, id)));
    expect(await stored(shop.tenantId)).toBe(before);
  });

  it('are put anew when a process died while it took the bytes away', async () => {
    const bytes = randomBytes(1_000);
    class DyingStore extends FolderStore {
      override async remove(key: ObjectKey): Promise<void> {
        await super.remove(key);
        throw new Error('killed');
      }
    }
    const dying = new MediaStore(db, new DyingStore(folder), new ManualClock(NOW));
    await expect(dying.remove(shop.tenantId, await save(bytes))).rejects.toThrow('killed');
    expect(await read(await save(bytes))).toEqual(bytes);
  });

  it('leave nothing behind when a process died after their rows were taken away, or before they were there', async () => {
    const before = await stored(shop.tenantId);
    const rows = () => database.owner.query('SELECT 1 FROM media_objects WHERE tenant_id = $1', [shop.tenantId]);
    const known = (await rows()).rowCount;
    class DyingStore extends FolderStore {
      override async remove(): Promise<void> {
        throw new Error('killed');
      }
      override async put(key: ObjectKey, file: string): Promise<void> {
        await super.put(key, file);
        throw new Error('killed');
      }
    }
    const dying = new MediaStore(db, new DyingStore(folder), new ManualClock(NOW));
    const kept = await save(randomBytes(1_000));
    await expect(dying.remove(shop.tenantId, await save(randomBytes(1_000)))).rejects.toThrow('killed');
    const uploaded = await media.receive(Readable.from([randomBytes(1_000)]), 1_000);
    const upload = { phoneNumberId: shop.phoneNumberId, mimeType: 'application/pdf' };
    await expect(dying.save(shop.tenantId, upload, uploaded)).rejects.toThrow('killed');
    expect(await stored(shop.tenantId)).toBe(before + 3);

    await media.sweep(shop.tenantId);
    expect(await stored(shop.tenantId)).toBe(before + 1);
    expect(await read(kept)).toBeDefined();
    await media.remove(shop.tenantId, kept);
    expect((await rows()).rowCount).toBe(known);
  });

  it('leave nothing on the disk when they are too large or end too early', async () => {
    const broken = Readable.from(
      (function* () {
        yield randomBytes(10);
        throw new Error('connection lost');
      })(),
    );
    await expect(media.receive(broken, 100)).rejects.toThrow('connection lost');
    await expect(media.receive(Readable.from([randomBytes(60), randomBytes(60)]), 100)).rejects.toThrow(
      TooManyBytesError,
    );
    expect(await readdir(join(folder, 'incoming'))).toEqual([]);
  });
});

describe("a customer's file", () => {
  it('waits to be copied from its message on, once, and no longer when it is copied', async () => {
    const inbound = new InboundMedia(db, media);
    const lane = { tenantId: shop.tenantId, phoneNumberId: shop.phoneNumberId };
    const file = { mediaId: '600000000000001', phoneNumberId: shop.phoneNumberId, mimeType: 'image/jpeg', at: NOW };
    await db.inTenant(shop.tenantId, async (tx) => {
      await inbound.note(tx, shop.tenantId, file);
      await inbound.note(tx, shop.tenantId, file);
    });
    expect(await inbound.numbersWithWork(NOW)).toEqual([lane]);
    expect(await inbound.due(lane, NOW, 10)).toEqual([{ mediaId: file.mediaId, attempts: 0, createdAt: NOW }]);

    const later = new Date(NOW.getTime() + 5_000);
    await inbound.failed(shop.tenantId, file.mediaId, 'Meta is away', later);
    expect(await inbound.due(lane, NOW, 10)).toEqual([]);
    expect(await inbound.nextDueAt(lane)).toEqual(later);

    const bytes = randomBytes(500);
    await inbound.copied(shop.tenantId, file.mediaId, await media.receive(Readable.from([bytes]), 1_000));
    expect(await inbound.nextDueAt(lane)).toBeUndefined();
    expect(await read(file.mediaId)).toEqual(bytes);
  });
});

describe("a customer's file that is deleted while it is copied", () => {
  const note = (inbound: InboundMedia, mediaId: string) =>
    db.inTenant(shop.tenantId, (tx) =>
      inbound.note(tx, shop.tenantId, { mediaId, phoneNumberId: shop.phoneNumberId, mimeType: 'image/jpeg', at: NOW }),
    );
  const rows = async () =>
    (await database.owner.query('SELECT 1 FROM media_objects WHERE tenant_id = $1', [shop.tenantId])).rowCount;
  const bytes = () => media.receive(Readable.from([randomBytes(500)]), 1_000);

  it('is not kept when the copy comes after it', async () => {
    const inbound = new InboundMedia(db, media);
    const before = [await stored(shop.tenantId), await rows()];
    await note(inbound, '600000000000002');
    await media.remove(shop.tenantId, '600000000000002');
    await inbound.copied(shop.tenantId, '600000000000002', await bytes());
    expect([await stored(shop.tenantId), await rows()]).toEqual(before);
  });

  it('is gone with its bytes when these were being put away', async () => {
    const before = [await stored(shop.tenantId), await rows()];
    let removed: Promise<boolean> | undefined;
    class MetStore extends FolderStore {
      override async put(key: ObjectKey, file: string): Promise<void> {
        await super.put(key, file);
        removed = media.remove(shop.tenantId, '600000000000003');
        // It waits for the copy, which knows nothing of it.
        await eventually(async () => {
          const waiting = await database.owner.query(
            `SELECT 1 FROM pg_stat_activity WHERE datname = $1 AND wait_event_type = 'Lock' AND query LIKE 'DELETE FROM media %'`,
            [database.name],
          );
          return waiting.rowCount === 1;
        });
      }
    }
    const inbound = new InboundMedia(db, new MediaStore(db, new MetStore(folder), new ManualClock(NOW)));
    await note(inbound, '600000000000003');
    await inbound.copied(shop.tenantId, '600000000000003', await bytes());
    expect(await removed).toBe(true);
    expect([await stored(shop.tenantId), await rows()]).toEqual(before);
  });
});

describe("Meta's id of a file", () => {
  it('is remembered for a number until it expires or Meta disowns it', async () => {
    const atMeta = new MediaAtMeta(db);
    const mediaId = await save(randomBytes(100));
    const { sha256 } = (await media.find(shop.tenantId, mediaId)) as { sha256: string };
    const file = { tenantId: shop.tenantId, phoneNumberId: shop.phoneNumberId, sha256, mimeType: 'application/pdf' };
    const expires = new Date(NOW.getTime() + 30 * DAY);
    await atMeta.remember(file, '111', expires);
    expect(await atMeta.find(file, NOW)).toBe('111');
    expect(await atMeta.find({ ...file, tenantId: other.tenantId }, NOW)).toBeUndefined();
    expect(await atMeta.find(file, expires)).toBeUndefined();
    await atMeta.remember(file, '222', expires);
    await atMeta.forget(file, '111');
    expect(await atMeta.find(file, NOW)).toBe('222');
    await atMeta.forget(file, '222');
    expect(await atMeta.find(file, NOW)).toBeUndefined();
  });

  it('does not hold up the deletion of the file, and is not remembered after it', async () => {
    const atMeta = new MediaAtMeta(db);
    const mediaId = await save(randomBytes(100));
    const { sha256 } = (await media.find(shop.tenantId, mediaId)) as { sha256: string };
    const file = { tenantId: shop.tenantId, phoneNumberId: shop.phoneNumberId, sha256, mimeType: 'application/pdf' };
    await atMeta.remember(file, '111', new Date(NOW.getTime() + DAY));
    await media.remove(shop.tenantId, mediaId);
    await atMeta.remember(file, '222', new Date(NOW.getTime() + DAY));
    expect(await atMeta.find(file, NOW)).toBeUndefined();
  });
});
