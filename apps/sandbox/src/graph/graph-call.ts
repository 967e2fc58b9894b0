import type { Meta } from '../meta.js';
import type { Json, Token } from '../state/records.js';
import type { World } from '../state/world.js';
import { badParameter, GraphError, noSuchObject } from './graph-error.js';

export interface UploadedFile {
  filename: string;
  mimeType: string;
  bytes: Buffer;
}

/** One Graph call, whatever form it came in: path, parameters of query and body together, token, file. */
export interface GraphCall {
  meta: Meta;
  world: World;
  method: 'GET' | 'POST' | 'DELETE';
  /** Without version. */
  path: string;
  segments: string[];
  version?: string;
  /** Major version number; the newest known one where the path names none. */
  majorVersion: number;
  query: Json;
  body: unknown;
  /** Query and body as one; the body wins. */
  params: Json;
  rawToken?: string;
  token?: Token;
  file?: UploadedFile;
  /** Scheme and host under which the caller reaches us. */
  baseUrl: string;
}

/** A parameter as text; numbers and booleans are taken as written. */
export function text(call: GraphCall, name: string): string | undefined {
  const value = call.params[name];
  if (typeof value === 'string') return value === '' ? undefined : value;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  return undefined;
}

/** @throws GraphError 100 when it is absent. */
export function requireText(call: GraphCall, name: string): string {
  const value = text(call, name);
  if (value === undefined) {
    throw new GraphError(100, `The parameter ${name} is required.`, {
      message: `(#100) The parameter ${name} is required.`,
    });
  }
  return value;
}

/** A parameter that is an object or list; form bodies and queries carry it as JSON text. */
export function structure(call: GraphCall, name: string): unknown {
  const value = call.params[name];
  if (typeof value !== 'string') return value;
  try {
    return JSON.parse(value);
  } catch {
    // Meta's own samples write tasks=['MANAGE'].
    if (value.startsWith('['))
      return value
        .replace(/[[\]'"\s]/g, '')
        .split(',')
        .filter(Boolean);
    throw badParameter(`${name} is not valid JSON.`);
  }
}

/** @throws GraphError 100/33 unless the token may touch this WABA: the same answer as for an object that is not there. */
export function requireAccess(call: GraphCall, wabaId: string, objectId: string): void {
  const scope = call.token?.wabaIds;
  if (scope && !scope.has(wabaId)) throw noSuchObject(objectId);
}

export const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
