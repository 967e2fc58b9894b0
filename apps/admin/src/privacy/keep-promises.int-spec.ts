import { Readable } from 'node:stream';
import { pino } from 'pino';
import { MediaStore } from '#libs/media-store';
import { type Erasure, Erasures, Retentions } from '#libs/privacy';
import type { Periodic } from '#libs/queues';
import { Forgetting } from '../../../../test/support/forgetting.js';
import { type FoundedNumber, foundNumber } from '../../../../test/support/numbers.js';
import { ForgetBodies } from './forget-bodies.js';
import { ForgetCustomer } from './forget-customer.js';
import { KeepPromises } from './keep-promises.js';

/** As PostgreSQL would refuse a pass. */
const REFUSED = Object.assign(new Error('duplicate key'), { code: '23505' });

describe('what is promised', () => {
  let forgetting: Forgetting;
  let shop: FoundedNumber;
  let other: FoundedNumber;
  const works = new Map<string, () => Promise<void>>();

  beforeAll(async () => {
    forgetting = await Forgetting.start();
    shop = await foundNumber(forgetting.database, 'Shop');
    other = await foundNumber(forgetting.database, 'Other shop');
    const { app } = forgetting.worker;
    const forgetCustomer = {
      pass: async (tenantId: string, erasureId: string) => {
        if (tenantId === shop.tenantId) throw REFUSED;
        await app.get(ForgetCustomer).pass(tenantId, erasureId);
      },
    } as ForgetCustomer;
    const periodic = {
      every: (name: string, _: number, work: () => Promise<void>) => void works.set(name, work),
    } as Periodic;
    new KeepPromises(
      app.get(Erasures),
      app.get(Retentions),
      forgetCustomer,
      app.get(ForgetBodies),
      app.get(MediaStore),
      periodic,
      pino({ enabled: false }),
    ).onApplicationBootstrap();
  });
  afterAll(() => forgetting.close());

  const look = (name: string) => works.get(name)?.();
  const waitOf = async (erasure: Erasure) => (await forgetting.stateOf(erasure)).due_at.getTime() - Date.now();

  it('to a customer who cannot be forgotten keeps nobody else from their turn, and is tried again later each time', async () => {
    const failing: Erasure[] = [];
    for (let nth = 0; nth < 10; nth++) failing.push(await forgetting.ask(shop.tenantId));
    const theirs = await forgetting.ask(other.tenantId);
    await look('erasures');
    await look('erasures');
    expect(await forgetting.stateOf(theirs)).toMatchObject({ state: 'done' });

    const [first] = failing as [Erasure];
    expect(await forgetting.stateOf(first)).toMatchObject({
      state: 'waiting',
      waits_for: 'another try, since the last one failed (23505)',
    });
    expect(await waitOf(first)).toBeGreaterThan(0);
    const before = await waitOf(first);
    await forgetting.database.owner.query(
      `UPDATE erasures SET asked_at = now() - interval '20 minutes', due_at = now() WHERE erasure_id = $1`,
      [first.id],
    );
    await look('erasures');
    expect(await waitOf(first)).toBeGreaterThan(before + 600_000);
  });

  it('holds for bytes whose files are gone, whoever’s they were', async () => {
    const { media } = forgetting;
    for (const { tenantId, phoneNumberId } of [shop, other]) {
      const bytes = await media.receive(Readable.from([Buffer.from('a photo')]), 1_000);
      await media.save(tenantId, { phoneNumberId, mimeType: 'text/plain' }, bytes);
    }
    await forgetting.database.owner.query('DELETE FROM media WHERE tenant_id = $1', [shop.tenantId]);
    await look('bytes that no file has');
    expect(await forgetting.filesIn(shop.tenantId)).toBe(0);
    expect(await forgetting.filesIn(other.tenantId)).toBe(1);
  });
});
