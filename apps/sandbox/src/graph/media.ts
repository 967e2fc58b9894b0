import { createHmac, timingSafeEqual } from 'node:crypto';
import { refuseFile } from '../messages/refuse-file.js';
import type { Json, Media } from '../state/records.js';
import { type GraphCall, requireAccess, text } from './graph-call.js';
import { badParameter, GraphError, missing, noSuchObject } from './graph-error.js';
import { phoneNumberOf } from './phone-number.js';

const DAY = 86_400_000;
const URL_LIVES_MS = 5 * 60_000;

export function uploadMedia(call: GraphCall): Json {
  const number = phoneNumberOf(call);
  if (text(call, 'messaging_product') !== 'whatsapp')
    throw badParameter('Param messaging_product must be one of {WHATSAPP}.');
  const { file } = call;
  if (!file) throw missing('file');
  // The `type` field wins over the part's own type, as long as it is a MIME type.
  const given = text(call, 'type');
  const mimeType = (given?.includes('/') ? given : file.mimeType).split(';')[0]!.trim().toLowerCase();
  const refusal = refuseFile(mimeType, file.bytes.length);
  if (refusal) throw new GraphError(100, refusal);
  // An uploaded file is kept 30 days (meta/messages.md §2).
  const media = call.world.addMedia({
    phoneNumberId: number.id,
    mimeType,
    bytes: file.bytes,
    filename: file.filename,
    expiresAt: call.world.now() + 30 * DAY,
  });
  return { id: media.id };
}

function mediaOf(call: GraphCall): Media {
  const id = call.segments[0]!;
  const media = call.world.get('media', id);
  if (!media || media.expiresAt <= call.world.now()) throw noSuchObject(id);
  const number = call.world.get('phone_number', media.phoneNumberId);
  if (number) requireAccess(call, number.wabaId, id);
  const asked = text(call, 'phone_number_id');
  if (asked !== undefined && asked !== media.phoneNumberId)
    throw badParameter('The media does not belong to this phone_number_id.');
  return media;
}

const signatureOf = (call: GraphCall, id: string, expires: number) =>
  createHmac('sha256', call.world.app.secret).update(`${id}.${expires}`).digest('hex').slice(0, 32);

export function getMedia(call: GraphCall): Json {
  const media = mediaOf(call);
  const expires = call.world.now() + URL_LIVES_MS;
  const query = new URLSearchParams({
    mid: media.id,
    ext: String(expires),
    hash: signatureOf(call, media.id, expires),
  });
  return {
    messaging_product: 'whatsapp',
    url: `${call.baseUrl}/whatsapp_business/attachments/?${query}`,
    mime_type: media.mimeType,
    sha256: media.sha256,
    file_size: media.bytes.length,
    id: media.id,
  };
}

export function deleteMedia(call: GraphCall): Json {
  call.world.removeNode(mediaOf(call).id);
  return { success: true };
}

/** The bytes behind a media url: needs the token and is good for 5 minutes. @returns undefined where Meta answers 404. */
export function downloadMedia(call: GraphCall): Media | undefined {
  const id = text(call, 'mid') ?? '';
  const expires = Number(text(call, 'ext'));
  const given = Buffer.from(text(call, 'hash') ?? '');
  const wanted = Buffer.from(signatureOf(call, id, expires));
  const media = call.world.get('media', id);
  if (!media || !(expires > call.world.now()) || given.length !== wanted.length || !timingSafeEqual(given, wanted))
    return undefined;
  return media;
}
