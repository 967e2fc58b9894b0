import '@fastify/multipart';
import type { FastifyRequest } from 'fastify';
import type { Spooled } from '#libs/media-store';
import { refuse } from '../graph-envelope/refuse.js';

/** A form with one file, whose bytes are on our disk. */
export interface UploadForm {
  fields: Readonly<Record<string, string>>;
  file: { bytes: Spooled; fileName: string | undefined; mimeType: string };
}

/** A form has a handful of short fields beside its file. */
const LIMITS = { fields: 20, fieldSize: 4_096, files: 1, parts: 25, fileSize: Number.MAX_SAFE_INTEGER };

/** The fields that Meta's form has may come before or after the file, and the file under any name. */
export async function readForm(
  request: FastifyRequest,
  receive: (source: NodeJS.ReadableStream) => Promise<Spooled>,
): Promise<UploadForm> {
  if (!request.isMultipart?.()) {
    throw refuse('unsupported_media_type', 'Send multipart/form-data with the parts messaging_product, type and file.');
  }
  const fields: Record<string, string> = {};
  let file: UploadForm['file'] | undefined;
  try {
    for await (const part of request.parts({ limits: LIMITS })) {
      if (part.type === 'field') fields[part.fieldname] = String(part.value);
      else {
        const { filename, mimetype } = part;
        file = { bytes: await receive(part.file), fileName: fileNameOf(filename), mimeType: mimetype };
      }
    }
  } catch (error) {
    await file?.bytes.discard();
    throw badForm(error);
  }
  if (!file)
    throw refuse('missing_parameter', 'file: is missing. Send the bytes in a part named file, with a filename.');
  return { fields, file };
}

/** The last part of a path, without characters that a header or a file system would stumble over. */
function fileNameOf(given: string | undefined): string | undefined {
  const name = given
    ?.split(/[/\\]/)
    .pop()
    ?.replace(/\p{Cc}/gu, '')
    .trim();
  return name ? name.slice(0, 240) : undefined;
}

function badForm(error: unknown): unknown {
  const { code, message } = error as { code?: string; message?: string };
  if (message === 'Multipart: Boundary not found') {
    return refuse('invalid_parameter', 'Content-Type names no boundary. Let your client set it from the form.');
  }
  if (code?.startsWith('FST_')) {
    return refuse('invalid_parameter', `The form cannot be read: ${message}. Send one file and a few short fields.`);
  }
  const brokeOff = code === 'ECONNRESET' || code === 'ERR_STREAM_PREMATURE_CLOSE';
  if (brokeOff || message === 'Unexpected end of multipart data' || message?.startsWith('Part terminated early')) {
    return refuse('invalid_parameter', 'The form ended before its file did. Send it again.');
  }
  return error;
}
