import fc from 'fast-check';
import { type CsvPiece, cutCsv, EndlessRowError, LONGEST_ROW } from './cut-csv.js';
import { delimiterOf, parseCsv, textOf } from './parse-csv.js';

async function* inChunks(bytes: Buffer, size: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}
async function piecesOf(bytes: Buffer, chunk: number, piece: number): Promise<CsvPiece[]> {
  const pieces: CsvPiece[] = [];
  for await (const one of cutCsv(inChunks(bytes, chunk), piece)) pieces.push(one);
  return pieces;
}

describe('a file of contacts', () => {
  it('is cut into pieces of whole rows, whatever stands in them and however its bytes come', async () => {
    const field = fc.string({ unit: fc.constantFrom('a', 'é', '"', ',', '\n', '\r\n', ' ', '1'), maxLength: 8 });
    const file = fc.array(fc.array(field, { minLength: 2, maxLength: 4 }), { minLength: 1, maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(
        file,
        fc.integer({ min: 1, max: 9 }),
        fc.integer({ min: 1, max: 40 }),
        async (rows, chunk, piece) => {
          const quoted = (value: string) => `"${value.replaceAll('"', '""')}"`;
          const bytes = Buffer.from(rows.map((row) => `${row.map(quoted).join(',')}\n`).join(''));
          const pieces = await piecesOf(bytes, chunk, piece);
          expect(Buffer.concat(pieces.map((p) => p.bytes))).toEqual(bytes);
          const read = pieces.flatMap((p) => parseCsv(textOf(p.bytes), ','));
          expect(read).toEqual(rows.map((row) => row.map((value) => value.trim())));
          for (const p of pieces) expect(parseCsv(textOf(p.bytes), ',')).toHaveLength(p.rows);
          expect(pieces.map((p) => p.firstRow)).toEqual(
            pieces.map((_, i) => pieces.slice(0, i).reduce((sum, p) => sum + p.rows, 0)),
          );
        },
      ),
    );
  });

  it('may lack the last line end, and may have lines of Windows, old letters and empty lines', async () => {
    const [piece] = await piecesOf(Buffer.from('phone,name\r\n+1,"a ""b"""\r\n\r\n+2,c', 'latin1'), 3, 1_000);
    expect(piece?.rows).toBe(4);
    expect(parseCsv(textOf(piece?.bytes as Buffer), ',')).toEqual([
      ['phone', 'name'],
      ['+1', 'a "b"'],
      [],
      ['+2', 'c'],
    ]);
    expect(textOf(Buffer.from('Muñoz', 'latin1'))).toBe('Muñoz');
    expect(textOf(Buffer.from('\ufeffphone'))).toBe('phone');
  });

  it('is refused where a quote never closes, before it fills the memory', async () => {
    const bytes = Buffer.from(`phone\n+1\n"${'x\n'.repeat(LONGEST_ROW)}`);
    await expect(piecesOf(bytes, 65_536, 262_144)).rejects.toThrow(EndlessRowError);
  });

  it.each([
    ['phone,name', ','],
    ['telefono;nombre;ciudad', ';'],
    ['phone\tname', '\t'],
    ['phone', ','],
  ])('"%s" is parted by "%s"', (header, sign) => expect(delimiterOf(header)).toBe(sign));

  it('is read without the mark that an export puts before a formula, and with any other', () => {
    expect(parseCsv(`'=1+1,'-5,"'@ana, b",'til,-5,''=1\n`, ',')).toEqual([
      ['=1+1', '-5', '@ana, b', "'til", '-5', "'=1"],
    ]);
  });
});
