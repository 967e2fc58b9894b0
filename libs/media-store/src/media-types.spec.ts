import fc from 'fast-check';
import { judgeFile, LARGEST, type SeenBytes } from './media-types.js';

const MB = 1024 * 1024;
const seen = (mimeType?: string, more: Partial<SeenBytes> = {}): SeenBytes => ({
  ...(mimeType ? { mimeType } : {}),
  text: false,
  animated: false,
  ...more,
});
const TEXT = seen(undefined, { text: true });
const judge = (bytes: SeenBytes, announced?: string, fileName?: string, size = 1_000) =>
  judgeFile({ size, seen: bytes, announced, fileName });

describe('what a file is', () => {
  it.each([
    ['a picture, whatever it is called', seen('image/png'), undefined, 'image/png'],
    ['a picture announced as another kind of picture', seen('image/png'), 'image/jpeg', 'image/png'],
    ['a picture announced by its kind', seen('image/jpeg'), 'image', 'image/jpeg'],
    ['a picture announced by a word that means nothing', seen('image/jpeg'), 'file', 'image/jpeg'],
    ['a picture that is to go as a document', seen('image/jpeg'), 'document', 'image/jpeg'],
    ['a voice note with its codec', seen('audio/ogg; codecs=opus'), 'audio/ogg; codecs=opus', 'audio/ogg'],
    ['an M4A by its other name', seen('audio/x-m4a'), 'audio/mp4', 'audio/mp4'],
    ['sound in a container that looks like a film', seen('video/mp4'), 'audio/mp4', 'audio/mp4'],
    ['text that is said to be text', TEXT, 'text/plain; charset=utf-8', 'text/plain'],
    ['text of which nothing is said', TEXT, undefined, 'text/plain'],
    ['text that begins like something else', seen('text/vcard', { text: true }), 'text/plain', 'text/plain'],
  ])('is told by its bytes: %s', (_, bytes, announced, mimeType) => {
    expect(judge(bytes, announced)).toMatchObject({ mimeType });
  });

  it('is told by announcement or name where the bytes are only those of a container', () => {
    expect(judge(seen('application/x-cfb'), 'application/vnd.ms-excel')).toMatchObject({
      mimeType: 'application/vnd.ms-excel',
    });
    expect(judge(seen('application/x-cfb'), undefined, 'letter.DOC')).toMatchObject({ mimeType: 'application/msword' });
    expect(judge(seen('application/zip'), undefined, 'letter.docx')).toMatchObject({
      mimeType: 'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
    });
    expect(judge(seen('application/zip'), 'application/zip', 'all.zip')).toHaveProperty('refused');
  });

  it.each([
    [
      'a program named as a picture',
      seen('application/x-msdownload'),
      'image/jpeg',
      /announced as image\/jpeg.*x-msdownload/,
    ],
    ['text named as a picture', TEXT, 'image/png', /announced as image\/png.*text/],
    ['bytes of no type', seen(), 'image/png', /no type that we know/],
    ['a paper announced as a picture', seen('application/pdf'), 'image/jpeg', /bytes are application\/pdf/],
    ['a film announced as a sound', seen('video/3gpp'), 'audio', /bytes are video\/3gpp/],
    ['Ogg that is not OPUS', seen('audio/ogg'), 'audio/ogg', /OPUS/],
    [
      'a type that WhatsApp does not show',
      seen('image/gif'),
      'image/gif',
      /bytes that are image\/gif.*as image jpg, png/,
    ],
  ])('is refused with the reason: %s', (_, bytes, announced, reason) => {
    expect(judge(bytes, announced)).toEqual({ refused: expect.stringMatching(reason) });
  });

  it('is refused when it is empty', () => {
    expect(judge(seen('image/png'), 'image/png', 'a.png', 0)).toEqual({ refused: expect.stringContaining('empty') });
  });
});

describe('how large a file may be', () => {
  it.each([
    ['image/jpeg', 5 * MB],
    ['video/mp4', 16 * MB],
    ['audio/mpeg', 16 * MB],
    ['application/pdf', 100 * MB],
    ['image/webp', 100 * 1024],
  ])('is decided by its kind: %s', (mimeType, limit) => {
    expect(judge(seen(mimeType), undefined, undefined, limit)).toMatchObject({ mimeType });
    expect(judge(seen(mimeType), undefined, undefined, limit + 1)).toHaveProperty('refused');
  });

  it('is more for a sticker that moves', () => {
    const moving = seen('image/webp', { animated: true });
    expect(judge(moving, undefined, undefined, 500 * 1024)).toMatchObject({ kind: 'sticker' });
    expect(judge(moving, undefined, undefined, 500 * 1024 + 1)).toEqual({ refused: expect.stringMatching(/500 KB/) });
  });

  it('never passes the limit of the kind, whatever is announced', () => {
    const types = [
      'image/jpeg',
      'image/webp',
      'audio/mpeg',
      'video/mp4',
      'application/pdf',
      'application/zip',
      undefined,
    ];
    const words = ['', 'image', 'document', 'audio', 'sticker', 'application/pdf', 'image/jpeg', 'x/y'];
    fc.assert(
      fc.property(
        fc.constantFrom(...types),
        fc.constantFrom(...words),
        fc.boolean(),
        fc.nat(200 * MB),
        (mimeType, announced, text, size) => {
          const verdict = judgeFile({ size, seen: seen(mimeType, { text }), announced });
          if ('kind' in verdict) expect(size).toBeLessThanOrEqual(LARGEST[verdict.kind]);
        },
      ),
    );
  });
});
