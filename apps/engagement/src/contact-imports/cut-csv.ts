/** A piece of a file that holds whole rows. */
export interface CsvPiece {
  bytes: Buffer;
  /** Which row of the file its first one is; the header is row 0. */
  firstRow: number;
  rows: number;
}

/** A row that is longer is no row: a quote was opened and never closed. */
export const LONGEST_ROW = 256 * 1024;

const [QUOTE, LINE_END] = [0x22, 0x0a];

/** A row is longer than any row can be. */
export class EndlessRowError extends Error {
  override name = 'EndlessRowError';
  constructor(readonly row: number) {
    super(`row ${row} does not end: a quote is opened in it and not closed`);
  }
}

/**
 * Cuts a file into pieces of whole rows as its bytes come, and holds no more than one piece. A line end within quotes is part
 * of a row (RFC 4180); a doubled quote opens and closes at once, so it changes nothing.
 *
 * @param pieceSize bytes after which a piece ends with its row
 * @throws EndlessRowError
 */
export async function* cutCsv(source: AsyncIterable<Buffer>, pieceSize: number): AsyncGenerator<CsvPiece> {
  let held: Buffer[] = [];
  let size = 0;
  let rows = 0;
  let firstRow = 0;
  let inQuotes = false;
  let rowSize = 0;
  const take = (): CsvPiece => {
    const piece = { bytes: Buffer.concat(held), firstRow, rows };
    firstRow += rows;
    held = [];
    size = 0;
    rows = 0;
    return piece;
  };
  for await (const chunk of source) {
    let from = 0;
    for (let i = 0; i < chunk.length; i++) {
      const byte = chunk[i];
      if (byte === QUOTE) inQuotes = !inQuotes;
      if (++rowSize > LONGEST_ROW) throw new EndlessRowError(firstRow + rows);
      if (byte !== LINE_END || inQuotes) continue;
      rows++;
      rowSize = 0;
      if (size + i + 1 - from < pieceSize) continue;
      held.push(chunk.subarray(from, i + 1));
      yield take();
      from = i + 1;
    }
    if (from < chunk.length) {
      // A copy: the chunk's memory is used again by whoever reads the socket.
      held.push(Buffer.from(chunk.subarray(from)));
      size += chunk.length - from;
    }
  }
  if (rowSize > 0) rows++;
  if (rows > 0) yield take();
}
