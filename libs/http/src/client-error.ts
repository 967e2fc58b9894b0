import { randomUUID } from 'node:crypto';
import { type IncomingMessage, type ServerResponse, STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import type { RenderRefusal } from './envelope.js';
import { Refusal } from './refusal.js';

/** What Node's HTTP parser says when it gives a connection up (Node 20, `clientError`). */
interface ParseError extends Error {
  code?: string;
  /** The bytes in which it stumbled; the request line may be among them. */
  rawPacket?: Buffer;
}

/** Requests whose answers are not written yet, by connection. A connection that breaks lets them be written first. */
const underWay = new WeakMap<Socket, Set<ServerResponse>>();

/** Remembers a request until its answer is written; for a hook that sees every request. */
export function noteUnderWay(request: IncomingMessage, response: ServerResponse): void {
  const { socket } = request;
  const open = underWay.get(socket) ?? new Set();
  underWay.set(socket, open);
  open.add(response);
  response.once('close', () => open.delete(response));
}

function refusalOf({ code }: ParseError): Refusal {
  if (code === 'HPE_HEADER_OVERFLOW') {
    return new Refusal(431, 'headers_too_large', 'The request line and headers are larger than 16 KB together.');
  }
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') {
    return new Refusal(408, 'request_timeout', 'The request did not arrive in time.');
  }
  return new Refusal(
    400,
    'malformed_request',
    'This is no HTTP/1.1 request. See that Content-Length is the length of the body in bytes.',
  );
}

const pathIn = (bytes: Buffer | undefined): string =>
  /^[A-Z]+ (\/\S{0,2000})/.exec(bytes?.subarray(0, 2_100).toString('latin1') ?? '')?.[1] ?? '/';

/**
 * Answers bytes that are no request, so that no route and no hook ever sees them, in the envelope of everything else, and
 * closes the connection. Requests of the connection that arrived whole are answered before: what they did is done.
 */
export function answerClientError(error: ParseError, socket: Socket, render: RenderRefusal): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const whole = [...(underWay.get(socket) ?? [])].filter((response) => response.req.complete);
  const last = whole.at(-1);
  if (last) {
    last.once('close', () => socket.destroy());
    last.once('finish', () => socket.end(answerTo(error, render)));
    return;
  }
  socket.end(answerTo(error, render));
}

function answerTo(error: ParseError, render: RenderRefusal): string {
  const refusal = refusalOf(error);
  const id = randomUUID();
  const body = JSON.stringify(render(refusal, { url: pathIn(error.rawPacket), id }));
  return [
    `HTTP/1.1 ${refusal.status} ${STATUS_CODES[refusal.status]}`,
    'content-type: application/json; charset=utf-8',
    `content-length: ${Buffer.byteLength(body)}`,
    `x-request-id: ${id}`,
    'connection: close',
    '',
    body,
  ].join('\r\n');
}
