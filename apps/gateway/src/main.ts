import { run } from '#libs/http';
import { GATEWAY } from './gateway.js';

await run(GATEWAY);
