// npm run audit:verify [-- --expect SEQ:HASH]...
// Reads the whole audit log and says whether it is what was written: exit 0, or exit 1 and the first entry that is not.
// --expect names an end that the log once had (this command prints it, and the admin app logs it): the log must go through
// it, which finds even a database that was put back to an older state. Needs STAFF_DATABASE_URL and ENCRYPTION_KEYS; exit 2
// when it cannot look.

import { parseArgs } from 'node:util';
import { DataSource } from 'typeorm';
import { InvalidConfigError, loadConfig } from '#libs/config';
import { Database } from '#libs/persistence';
import { verifyAuditLog } from '#libs/staff';
import { Vault } from '#libs/vault';

try {
  const { values } = parseArgs({ options: { expect: { type: 'string', multiple: true, default: [] } } });
  const config = loadConfig(['STAFF_DATABASE_URL', 'ENCRYPTION_KEYS']);
  const source = await new DataSource({
    type: 'postgres',
    url: config.STAFF_DATABASE_URL,
    installExtensions: false,
  }).initialize();
  try {
    const verdict = await new Database(source).asStaff((tx) =>
      verifyAuditLog(tx, new Vault(config.ENCRYPTION_KEYS), values.expect),
    );
    const older = verdict.older > 0 ? ` and ${verdict.older} from before the chain` : '';
    if (verdict.broken) {
      console.error(`The audit log is broken: ${verdict.broken}.`);
      console.error(`Up to ${verdict.head} it is what was written (${verdict.entries} entries${older}).`);
      process.exitCode = 1;
    } else {
      console.log(`The audit log is what was written: ${verdict.entries} entries${older}.`);
      console.log(`It ends at ${verdict.head}; keep this elsewhere and hand it in with --expect another day.`);
    }
  } finally {
    await source.destroy();
  }
} catch (error) {
  console.error(error instanceof InvalidConfigError ? error.message : `could not look: ${(error as Error).message}`);
  process.exitCode = 2;
}
