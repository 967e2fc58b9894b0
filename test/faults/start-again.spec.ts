import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DIST } from '../../tools/services/root.js';
import { http } from '../support/app.js';

// As the command has it, from dist: the processes that a stack starts come from there.
type DemoStack = typeof import('../../tools/stack/demo-stack.js');
const startDemoStack = async (folder: string) => {
  const built = (await import(join(DIST, 'tools', 'stack', 'demo-stack.js'))) as DemoStack;
  return built.startDemoStack({ folder });
};

describe('a stack whose data are kept', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'paloma-again-'));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('starts again with the merchants, keys and staff that it had', async () => {
    const file = join(folder, 'stack.json');
    const first = await startDemoStack(folder);
    const { tenants, staff } = first.content();
    writeFileSync(file, JSON.stringify(first.content()));
    await first.stack.stop();

    const again = await startDemoStack(folder);
    try {
      expect(again.content()).toMatchObject({ tenants, staff });
      // Who waits for stack.json waits for the new stack, not for what the old one left.
      expect(existsSync(file)).toBe(false);
      const [merchant] = tenants;
      const number = await http('GET', `${again.stack.urls.gateway}/v24.0/${merchant?.phoneNumberId}`, {
        token: merchant?.apiKey as string,
      });
      expect(number.status).toBe(200);
      const signedIn = await http('POST', `${again.stack.urls.admin}/admin/v1/sessions`, { body: staff });
      expect(signedIn.status).toBeLessThan(300);
    } finally {
      await again.stack.stop();
    }
  }, 240_000);
});
