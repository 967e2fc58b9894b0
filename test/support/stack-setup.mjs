// Before the first journey: builds and starts the whole stack, every app in a process of its own, with two merchants.
// A process that a test kills is started again, as a container platform would.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..', '..');

export default async function setUp() {
  execFileSync(process.execPath, [join(root, 'tools', 'build.mjs')], { stdio: 'inherit' });
  const { startDemoStack } = await import(join(root, 'dist', 'tools', 'stack', 'demo-stack.js'));
  // With PALOMA_E2E_FOLDER the logs stay for a look after a failure.
  const folderForLogs = process.env.PALOMA_E2E_FOLDER;
  const { stack, content } = await startDemoStack(folderForLogs ? { folder: folderForLogs } : {});
  const folder = mkdtempSync(join(tmpdir(), 'paloma-e2e-'));
  const file = join(folder, 'stack.json');
  const write = () =>
    stack.tell(file, {
      ...content(),
      databaseUrl: stack.databaseUrl,
      redisUrl: stack.redisUrl,
      metaAppSecret: stack.secrets.metaAppSecret,
      mediaFolder: stack.appEnvironment.MEDIA_FOLDER,
    });
  write();
  stack.onChange(write);
  process.env.PALOMA_STACK_FILE = file;
  globalThis.palomaStack = async () => {
    await stack.stop();
    rmSync(folder, { recursive: true, force: true });
  };
}
