// npm run --silent rate -- CASE.json...
// Prices files of events with no database: one JSON line per file on stdout, diagnostics on stderr. Exit code 0 when
// every file was rated, 1 when one could not be, 2 when none was named.

import { existsSync, readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { loadRateBook } from '../apps/billing/src/rate-card/load-rate-book.js';
import { InvalidCase } from '../apps/billing/src/rating/case/fields.js';
import { type EventLine, rateCase } from '../apps/billing/src/rating/case/rate-case.js';

const NEWLINE = 10;

/** The events of a JSON Lines file, read as bytes so that a month of them may be larger than a string can be. */
function* eventsOf(path: string): Iterable<EventLine> {
  let bytes: Buffer;
  try {
    bytes = readFileSync(path);
  } catch (error) {
    throw new InvalidCase(`events_file ${path}: ${messageOf(error)}`);
  }
  let line = 0;
  for (let from = 0; from < bytes.length; ) {
    const end = bytes.indexOf(NEWLINE, from);
    const text = bytes.toString('utf8', from, end < 0 ? bytes.length : end).trim();
    from = end < 0 ? bytes.length : end + 1;
    line += 1;
    if (text === '') continue;
    const where = `${path} line ${line}`;
    let value: unknown;
    try {
      value = JSON.parse(text);
    } catch (error) {
      throw new InvalidCase(`${where}: ${messageOf(error)}`);
    }
    yield { value, where };
  }
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/**
 * npm runs scripts in the package's own folder; `--from` tells where the command was typed. A file that is in neither
 * place is named, in the error, where it was typed.
 */
function located(file: string, from: string | undefined): string {
  const typed = resolve(from ?? '.', file);
  return existsSync(typed) || !existsSync(resolve(file)) ? typed : resolve(file);
}

const given = process.argv.slice(2);
const from = given[0] === '--from' ? given[1] : undefined;
const files = given.slice(from === undefined ? 0 : 2);
if (files.length === 0) {
  process.stderr.write('usage: npm run --silent rate -- <case.json> [<case.json> …]\n');
  process.exitCode = 2;
}

const book = loadRateBook();
for (const file of files) {
  let id: unknown = null;
  try {
    const path = located(file, from);
    const input = JSON.parse(readFileSync(path, 'utf8').replace(/^\uFEFF/, ''));
    id = typeof input?.id === 'string' ? input.id : null;
    const rated = rateCase(input, book, (name) => eventsOf(resolve(dirname(path), name)));
    process.stdout.write(`${JSON.stringify(rated)}\n`);
  } catch (error) {
    process.stdout.write(`${JSON.stringify({ case: id, file, error: messageOf(error) })}\n`);
    process.stderr.write(`${file}: ${error instanceof InvalidCase ? error.message : String(error)}\n`);
    process.exitCode = 1;
  }
}
