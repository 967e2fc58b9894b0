import { Readable } from 'node:stream';
import { setTimeout as wait } from 'node:timers/promises';
import { type GraphClient, GraphError, GraphUnreachableError } from '#libs/meta-cloud';

/** Meta takes JPEG and PNG of up to 5 MB (business profiles, 2025-11). */
export const PICTURE = { most: 5 * 1024 * 1024, types: ['image/jpeg', 'image/png'] } as const;

const MOST_TRIES = 4;
const PAUSE_MS = 250;

/**
 * Uploads a picture through Meta's resumable upload (uploads page, 2025-11): a session is opened, and after a connection
 * that broke Meta is asked how far it came, so that only the rest is sent again.
 *
 * @returns the handle that a profile takes
 * @throws GraphError, GraphUnreachableError
 */
export async function uploadPicture(
  graph: Pick<GraphClient, 'call'>,
  as: { appId: string; token: string; bytes: Buffer; type: string; name: string },
): Promise<string> {
  const { appId, token, bytes, type, name } = as;
  const { id } = await graph.call<{ id: string }>({
    method: 'POST',
    path: `/${appId}/uploads`,
    query: { file_length: String(bytes.length), file_type: type, file_name: name },
    token,
  });
  let offset = 0;
  for (let attempt = 1; ; attempt++) {
    try {
      const rest = bytes.subarray(offset);
      const { h } = await graph.call<{ h?: string }>({
        method: 'POST',
        path: `/${id}`,
        stream: { contentType: 'application/octet-stream', length: rest.length, bytes: Readable.from([rest]) },
        headers: { authorization: `OAuth ${token}`, file_offset: String(offset) },
        timeoutMs: 60_000,
      });
      if (!h) throw new GraphUnreachableError(true, new Error('the upload was answered without a handle'));
      return h;
    } catch (error) {
      const broken = error instanceof GraphUnreachableError || (error instanceof GraphError && error.httpStatus >= 500);
      if (!broken || attempt >= MOST_TRIES) throw error;
      await wait(PAUSE_MS * attempt);
      offset = await graph
        .call<{ file_offset?: number }>({ path: `/${id}`, headers: { authorization: `OAuth ${token}` } })
        .then((held) => Math.min(Number(held.file_offset ?? 0) || 0, bytes.length))
        .catch(() => 0);
      if (offset === bytes.length) offset = 0; // it came whole, but its answer did not: only sending tells the handle
    }
  }
}
