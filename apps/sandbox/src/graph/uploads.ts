import type { Json } from '../state/records.js';
import { type GraphCall, requireText } from './graph-call.js';
import { noSuchObject } from './graph-error.js';

/** Resumable Upload API, for the sample files of template headers: a session, then a handle (meta/messages.md §2). */
export function openUpload(call: GraphCall): Json {
  requireText(call, 'file_type');
  return { id: `upload:${call.world.ids.numeric('upload')}` };
}

export function upload(call: GraphCall): Json {
  const id = call.segments[0]!;
  if (!id.startsWith('upload:')) throw noSuchObject(id);
  return { h: `4::${call.world.ids.token('')}` };
}
