import type { Json } from '../state/records.js';
import { type GraphCall, requireText } from './graph-call.js';
import { noSuchObject } from './graph-error.js';

/** Resumable Upload API, for sample files and profile pictures: a session, then a handle (meta/messages.md §2). */
export function openUpload(call: GraphCall): Json {
  requireText(call, 'file_type');
  return { id: `upload:${call.world.ids.numeric('upload')}` };
}

/** GET tells how far an upload came: bytes are taken whole or not at all here. */
export function upload(call: GraphCall): Json {
  const id = call.segments[0]!;
  if (!id.startsWith('upload:')) throw noSuchObject(id);
  return call.method === 'GET' ? { id, file_offset: 0 } : { h: `4::${call.world.ids.token('')}` };
}
