import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Module } from '@nestjs/common';
import { MediaStore, MediaStoreModule } from '#libs/media-store';
import { type Erasure, Erasures, PrivacyModule } from '#libs/privacy';
import { ProcessModule } from '#libs/process';
import { ForgetBodies } from '../../apps/admin/src/privacy/forget-bodies.js';
import { ForgetCustomer } from '../../apps/admin/src/privacy/forget-customer.js';
import { type RunningApp, startApp, testEnvironment } from './app.js';
import { NUMBER } from './customer-life.js';
import { cloneDatabase, type TestDatabase } from './database.js';

/** What the merchants' apps have. */
@Module({ imports: [ProcessModule.forRoot({ queues: [] }), MediaStoreModule] })
class MerchantAppModule {}

/** What forgets, without what calls it every few seconds. */
@Module({
  imports: [ProcessModule.forRoot({ queues: [], database: 'STAFF_DATABASE_URL' }), PrivacyModule, MediaStoreModule],
  providers: [ForgetCustomer, ForgetBodies],
})
class ForgetterModule {}

/** A database and a media folder, what keeps files there, and what forgets customers when it is told to. */
export class Forgetting {
  private constructor(
    readonly database: TestDatabase,
    readonly folder: string,
    readonly merchants: RunningApp,
    readonly worker: RunningApp,
  ) {}

  static async start(): Promise<Forgetting> {
    const database = await cloneDatabase();
    const folder = await mkdtemp(join(tmpdir(), 'paloma-forgetting-'));
    const environment = testEnvironment(database, { LOG_LEVEL: 'fatal', MEDIA_FOLDER: folder });
    const merchants = await startApp(MerchantAppModule, environment);
    return new Forgetting(database, folder, merchants, await startApp(ForgetterModule, environment));
  }

  get media(): MediaStore {
    return this.merchants.app.get(MediaStore);
  }

  ask(tenantId: string, customer = NUMBER): Promise<Erasure> {
    return this.worker.app.get(Erasures).ask(tenantId, [customer], 'staff:a test');
  }

  pass(tenantId: string, { id }: Erasure): Promise<void> {
    return this.worker.app.get(ForgetCustomer).pass(tenantId, id);
  }

  /** The row of the request. */
  async stateOf({ id }: Erasure) {
    return (await this.database.owner.query('SELECT * FROM erasures WHERE erasure_id = $1', [id])).rows[0];
  }

  /** How many files of a tenant's are in the folder. */
  async filesIn(tenantId: string): Promise<number> {
    const files = await readdir(join(this.folder, tenantId), { recursive: true, withFileTypes: true }).catch(() => []);
    return files.filter((file) => file.isFile()).length;
  }

  async close(): Promise<void> {
    await this.worker.close();
    await this.merchants.close();
    await this.database.drop();
    await rm(this.folder, { recursive: true });
  }
}
