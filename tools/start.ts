// The whole stack in the foreground, until Ctrl-C. Data are kept in .paloma/.
//   npm start
import { join } from 'node:path';
import { couldNotStart, startDemoStack } from './stack/demo-stack.js';
import { untilInterrupted } from './stack/until-interrupted.js';

const folder = join(process.cwd(), '.paloma');
const say = (words: string) => console.log(`  ${words}`);

console.log('Starting Paloma');
const { stack, content } = await startDemoStack({ folder, say }).catch(couldNotStart);
const file = join(folder, 'stack.json');
const write = () => stack.tell(file, content());
write();
stack.onChange((name) => {
  write();
  say(`${name} died and was started again; its last words are in .paloma/logs/${name}.log`);
});

console.log('\nPaloma runs. Ctrl-C stops it; the data stay in .paloma/.\n');
for (const [name, url] of Object.entries(stack.urls)) console.log(`  ${name.padEnd(12)} ${url}/docs`);
console.log(`\n  staff        ${content().staff.email}   (password in .paloma/stack.json, like the merchants' keys)`);
console.log(`  signup page  ${stack.urls.onboarding}/signup\n`);

await untilInterrupted();
console.log('\nStopping …');
await stack.stop();
process.exit(0);
