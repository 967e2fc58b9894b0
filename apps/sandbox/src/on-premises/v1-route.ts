import type { Json } from '../state/records.js';
import type { World } from '../state/world.js';
import type { OnPremisesClient } from './on-premises-client.js';

/** One call of a `/v1` node, whatever client it was for. */
export interface V1Call {
  client: OnPremisesClient;
  world: World;
  /** Empty where the body is no JSON object. */
  body: Json;
  /** A body that is not JSON. */
  bytes?: Buffer;
  contentType?: string;
  authorization?: string;
  params: Readonly<Record<string, string>>;
  /** Sets the status of the answer; 200 unless told. */
  status(code: number): void;
}

export interface V1File {
  mimeType: string;
  bytes: Buffer;
}

export interface V1Route {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Below `/v1`, in Fastify's form. */
  path: string;
  /** Whose token it takes. */
  access: 'none' | 'user' | 'admin';
  /** @returns what the answer carries beside `meta`, or a file as it is. */
  handle(call: V1Call): Json | V1File;
}

export const isFile = (answer: Json | V1File): answer is V1File => Buffer.isBuffer(answer.bytes);
