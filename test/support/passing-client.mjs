// An On-Premises client in a process of its own, so that it can be killed: what it takes it hands to a client of the sandbox's,
// which keeps what came and tells what becomes of it.
//   node passing-client.mjs PORT URL-OF-THE-SANDBOX'S-CLIENT
// It says `ready` when it listens, and `message` for each message that it has in hand.
import { createServer } from 'node:http';
import { setTimeout as after } from 'node:timers/promises';

/**
 * So long every second message is held before it is handed on, and the answer to each of the others: who is killed meanwhile has
 * some of both in hand. Longer than whoever kills it may be busy with something else.
 */
const PASSING_MS = 250;
const [port, behind] = process.argv.slice(2);
let messages = 0;

createServer(async (call, answer) => {
  const chunks = [];
  for await (const chunk of call) chunks.push(chunk);
  const isMessage = call.url.endsWith('/messages');
  const holdsCall = isMessage && messages++ % 2 === 0;
  const tell = () => process.stdout.write('message\n');
  if (holdsCall) {
    tell();
    await after(PASSING_MS);
  }
  const { authorization, 'content-type': type } = call.headers;
  const taken = await fetch(`${behind}${call.url}`, {
    method: call.method,
    headers: { ...(authorization && { authorization }), ...(type && { 'content-type': type }) },
    ...(chunks.length > 0 && { body: Buffer.concat(chunks) }),
  });
  const bytes = Buffer.from(await taken.arrayBuffer());
  if (isMessage && !holdsCall) {
    tell();
    await after(PASSING_MS);
  }
  answer
    .writeHead(taken.status, { 'content-type': taken.headers.get('content-type') ?? 'application/json' })
    .end(bytes);
}).listen(Number(port), '127.0.0.1', () => process.stdout.write('ready\n'));
