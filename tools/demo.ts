// One merchant's story, lived through public APIs against the sandbox.
//   npm run demo               lives it, prints it, ends with a summary and nothing left behind
//   npm run demo -- --keep     leaves the stack running afterwards, until Ctrl-C
import { join } from 'node:path';
import { Receiver } from './demo/receiver.js';
import { Report } from './demo/report.js';
import { liveTheStory } from './demo/story.js';
import { couldNotStart, startDemoStack } from './stack/demo-stack.js';
import { untilInterrupted } from './stack/until-interrupted.js';

const keep = process.argv.includes('--keep');
const report = new Report();

report.title('Paloma: one merchant’s first message, all the way through');
report.chapter('Starting the house');
const receiver = await Receiver.start();
const { stack, content } = await startDemoStack({ say: (words) => report.say(words), seed: keep }).catch(couldNotStart);
report.done(
  'All processes ready',
  `${Object.keys(stack.pids()).length} of them, ${Object.keys(stack.urls).length} with an API`,
);

let failed = false;
const interrupted = untilInterrupted().then(async () => {
  console.log('\nStopping …');
  await stack.stop();
  process.exit(keep && !failed ? 0 : 130);
});
try {
  await liveTheStory(stack, receiver, report);
} catch (error) {
  failed = true;
  console.error(`\nThe story broke: ${(error as Error).stack ?? error}`);
}
await receiver.stop();

if (!failed) report.summary();
if (keep && !failed) {
  const file = join(process.cwd(), '.paloma', 'stack.json');
  stack.tell(file, content());
  stack.onChange(() => stack.tell(file, content()));
  console.log(
    '\nThe stack goes on running (--keep); its addresses and keys are in .paloma/stack.json. Ctrl-C stops it.',
  );
  await interrupted;
}
await stack.stop();
process.exit(failed ? 1 : 0);
