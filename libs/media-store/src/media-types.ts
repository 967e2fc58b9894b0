/** How WhatsApp shows a file. */
export type MediaKind = 'audio' | 'document' | 'image' | 'sticker' | 'video';

const KB = 1024;
const MB = 1024 * KB;

/** Bytes a file of a kind may have (Meta, "Media", business-phone-numbers/media, 2025-12-11). */
export const LARGEST: Readonly<Record<MediaKind, number>> = {
  audio: 16 * MB,
  document: 100 * MB,
  image: 5 * MB,
  sticker: 500 * KB,
  video: 16 * MB,
};
/** A sticker that does not move. */
const LARGEST_STILL_STICKER = 100 * KB;
/** No file of any kind has more. */
export const LARGEST_FILE = LARGEST.document;

const OFFICE = 'application/vnd.openxmlformats-officedocument';

/** The types Meta takes, each with the endings by which people name such files (same page). */
const TYPES: Readonly<Record<string, { kind: MediaKind; endings: readonly string[] }>> = {
  'audio/aac': { kind: 'audio', endings: ['aac'] },
  'audio/amr': { kind: 'audio', endings: ['amr'] },
  'audio/mpeg': { kind: 'audio', endings: ['mp3'] },
  'audio/mp4': { kind: 'audio', endings: ['m4a'] },
  'audio/ogg': { kind: 'audio', endings: ['ogg', 'opus', 'oga'] },
  'text/plain': { kind: 'document', endings: ['txt'] },
  'application/pdf': { kind: 'document', endings: ['pdf'] },
  'application/msword': { kind: 'document', endings: ['doc'] },
  [`${OFFICE}.wordprocessingml.document`]: { kind: 'document', endings: ['docx'] },
  'application/vnd.ms-excel': { kind: 'document', endings: ['xls'] },
  [`${OFFICE}.spreadsheetml.sheet`]: { kind: 'document', endings: ['xlsx'] },
  'application/vnd.ms-powerpoint': { kind: 'document', endings: ['ppt'] },
  [`${OFFICE}.presentationml.presentation`]: { kind: 'document', endings: ['pptx'] },
  'image/jpeg': { kind: 'image', endings: ['jpg', 'jpeg'] },
  'image/png': { kind: 'image', endings: ['png'] },
  'image/webp': { kind: 'sticker', endings: ['webp'] },
  'video/mp4': { kind: 'video', endings: ['mp4', 'm4v'] },
  'video/3gpp': { kind: 'video', endings: ['3gp'] },
};

/** Other names that clients and sniffers give to types Meta takes. */
const ALIASES: Readonly<Record<string, string>> = {
  'image/jpg': 'image/jpeg',
  'audio/mp3': 'audio/mpeg',
  'audio/m4a': 'audio/mp4',
  'audio/x-m4a': 'audio/mp4',
  'audio/opus': 'audio/ogg',
  'application/ogg': 'audio/ogg',
  'audio/aacp': 'audio/aac',
  'audio/x-aac': 'audio/aac',
  'video/x-m4v': 'video/mp4',
  voice: 'audio',
};

/** Containers that look alike from the outside; what is inside is told by the announced type or by the name. */
const CONTAINERS: Readonly<Record<string, RegExp>> = {
  'application/x-cfb': /^application\/(msword|vnd\.ms-(excel|powerpoint))$/,
  'application/zip': /^application\/vnd\.openxmlformats-officedocument\./,
  'video/mp4': /^(audio|video)\/mp4$/,
  'audio/mp4': /^(audio|video)\/mp4$/,
};

/** How WhatsApp shows files of a MIME type; undefined for one that it does not take. */
export const kindOfType = (mimeType: string): MediaKind | undefined => TYPES[plain(mimeType)]?.kind;

/** What the bytes of a file say. */
export interface SeenBytes {
  /** The type they are of; absent where nothing is known that begins so. */
  mimeType?: string;
  /** Readable characters only. */
  text: boolean;
  /** A picture that moves. */
  animated: boolean;
}

export interface FileToJudge {
  size: number;
  seen: SeenBytes;
  /** What the client called it: a MIME type, or a kind such as `image`. */
  announced?: string | undefined;
  fileName?: string | undefined;
}

export type FileVerdict = { mimeType: string; kind: MediaKind } | { refused: string };

const isKind = (word: string): word is MediaKind => Object.hasOwn(LARGEST, word);
const plain = (mimeType: string) => {
  const bare = mimeType.split(';')[0]?.trim().toLowerCase() ?? '';
  return ALIASES[bare] ?? bare;
};

/**
 * What a file is, by its bytes, and whether Meta would take it as that. Clients announce types wrongly or not at all, so
 * what they say decides only where bytes cannot, and a file whose bytes are of another kind than announced is refused: it
 * would be refused by Meta, or by the customer's phone, when it is too late to tell.
 *
 * @returns the type and kind, or the reason and the fix, for a person
 */
export function judgeFile({ size, seen, announced = '', fileName = '' }: FileToJudge): FileVerdict {
  if (size === 0) return { refused: 'The file is empty. Send its bytes in the part named file.' };
  const word = wordOf(announced);
  const kindAsked = isKind(word) ? word : TYPES[word]?.kind;
  const hint = hintOf(word, fileName);
  const mimeType = typeOf(seen, word, hint);
  if (seen.mimeType === 'audio/ogg') {
    return { refused: 'Ogg audio must be encoded with OPUS, in mono. Convert the file, or send it as MP3 or AAC.' };
  }
  const type = mimeType === undefined ? undefined : TYPES[mimeType];
  if (mimeType === undefined || !type) {
    const found = seen.mimeType ?? (seen.text ? 'text' : 'of no type that we know');
    const said =
      word && word !== found ? `was announced as ${announced.slice(0, 100)}, but its bytes are` : 'has bytes that are';
    const kind = kindAsked ?? word.split('/')[0] ?? '';
    return { refused: `The file ${said} ${found}. WhatsApp takes ${takenAs(kind)}.` };
  }
  if (kindAsked && !fits(kindAsked, type.kind, word)) {
    return {
      refused: `The file was announced as ${announced.slice(0, 100)}, but its bytes are ${mimeType}. Send it as what it is, or choose another file.`,
    };
  }
  const limit = type.kind === 'sticker' && !seen.animated ? LARGEST_STILL_STICKER : LARGEST[type.kind];
  if (size > limit) {
    const what =
      type.kind === 'sticker' ? (seen.animated ? 'An animated sticker' : 'A sticker') : `A file of ${mimeType}`;
    return { refused: `${what} has at most ${readable(limit)}; this one has ${size} bytes. Make it smaller.` };
  }
  return { mimeType, kind: type.kind };
}

/** A MIME type or a kind; a word that is neither says nothing. */
function wordOf(announced: string): string {
  const word = plain(announced);
  return word.includes('/') || isKind(word) ? word : '';
}

/** The type that the announcement or the name points to. */
function hintOf(word: string, fileName: string): string | undefined {
  if (TYPES[word]) return word;
  const ending = /\.(\w+)$/.exec(fileName)?.[1]?.toLowerCase();
  return Object.keys(TYPES).find((mimeType) => ending && TYPES[mimeType]?.endings.includes(ending));
}

function typeOf(seen: SeenBytes, word: string, hint: string | undefined): string | undefined {
  const found = seen.mimeType === undefined ? undefined : plain(seen.mimeType);
  const inside = found === undefined ? undefined : CONTAINERS[found];
  if (inside) {
    if (hint && inside.test(hint)) return hint;
    return word === 'audio' && inside.test('audio/mp4') ? 'audio/mp4' : found;
  }
  if (found !== undefined && TYPES[found]) return found;
  // Text begins as it likes, so it is text where it is said to be, or where nothing is said.
  const saysText =
    word === 'text/plain' || (found === undefined && (word === '' || word === 'document' || isNothing(word)));
  return seen.text && saysText ? 'text/plain' : undefined;
}

const isNothing = (word: string) => /^(application|binary)\/octet-stream$/.test(word);

/** Anything may be sent as a document, and a picture may be called an image or a sticker. */
function fits(asked: MediaKind, kind: MediaKind, word: string): boolean {
  if (asked === kind || word === 'document') return true;
  return (asked === 'image' || asked === 'sticker') && (kind === 'image' || kind === 'sticker');
}

function takenAs(kind: string): string {
  const endings = Object.values(TYPES).flatMap((type) => (!isKind(kind) || type.kind === kind ? type.endings[0] : []));
  return `${isKind(kind) ? `as ${kind} ` : ''}${endings.join(', ')}`;
}

const readable = (bytes: number) => (bytes >= MB ? `${bytes / MB} MB` : `${bytes / KB} KB`);

/** What a file may be called when a customer gave it no name. */
export const usualEnding = (mimeType: string): string => TYPES[plain(mimeType)]?.endings[0] ?? 'bin';
