import { run } from '#libs/http';
import { AdminModule } from './admin.module.js';

await run({
  name: 'admin',
  module: AdminModule,
  describe: "What the provider's staff see of every tenant and may change; each change leaves a trace.",
});
