const MB = 1024 * 1024;

// MIME types and sizes Meta takes (meta/messages.md §2).
const LIMITS: readonly (readonly [pattern: RegExp, bytes: number])[] = [
  [/^audio\/(aac|amr|mpeg|mp4|ogg|opus)$/, 16 * MB],
  [/^image\/(jpeg|png)$/, 5 * MB],
  [/^image\/webp$/, 500 * 1024],
  [/^video\/(mp4|3gpp)$/, 16 * MB],
  [/^text\/plain$/, 100 * MB],
  [
    /^application\/(pdf|msword|vnd\.ms-(excel|powerpoint)|vnd\.openxmlformats-officedocument\.(wordprocessingml\.document|spreadsheetml\.sheet|presentationml\.presentation))$/,
    100 * MB,
  ],
];

/** Why Meta would not take a file of this type and size; undefined when it would. */
export function refuseFile(mimeType: string, size: number): string | undefined {
  const limit = LIMITS.find(([pattern]) => pattern.test(mimeType))?.[1];
  if (limit === undefined) return `Param file must be a file with one of the supported types; got ${mimeType}.`;
  if (size === 0) return 'The file is empty.';
  return size > limit ? `A file of type ${mimeType} has at most ${limit} bytes; this one has ${size}.` : undefined;
}
