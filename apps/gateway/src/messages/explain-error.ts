import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { metaError } from '#libs/error-catalogue';
import { type Fields, isFields } from './problems.js';

/** What went wrong with a message: Meta's words, and ours about them. */
export class ErrorResponse {
  @ApiProperty({ description: "Meta's code; act on this", example: 131026 }) code: number;
  @ApiProperty({ description: "Meta's title", example: 'Message undeliverable' }) title: string;
  @ApiPropertyOptional({ description: "Meta's details" }) details?: string;
  @ApiProperty({ description: 'What the code means' }) meaning: string;
  @ApiProperty({ description: 'What you can do' }) advice: string;
  @ApiProperty({
    enum: ['tenant', 'recipient', 'platform', 'meta', 'unknown'],
    description: 'Who has to change something',
  })
  fault: string;
  @ApiProperty({
    enum: ['never', 'backoff', 'later', 'settle'],
    description: 'Whether sending it again can help: `backoff` in minutes, `later` not before hours or a change',
  })
  retry: string;
}

/**
 * Reads an error in any form in which Meta tells it: `error` of a Graph answer, one of the `errors` of a status, or ours in
 * the same form.
 *
 * @returns undefined for what has no code
 */
export function explainError(given: unknown): ErrorResponse | undefined {
  if (!isFields(given)) return undefined;
  const code = Number(given.code);
  if (!Number.isInteger(code)) return undefined;
  const known = metaError(code, Number.isInteger(given.error_subcode) ? Number(given.error_subcode) : undefined);
  const details = detailsOf(given);
  return {
    code,
    title: textOf(given.title) ?? titleIn(given.message) ?? known.title,
    ...(details === undefined ? {} : { details }),
    meaning: known.meaning,
    advice: known.advice,
    fault: known.fault,
    retry: known.retry,
  };
}

/** The error in a step of a message's history, if it tells of one: `{error}` of ours, the status itself of Meta's. */
export function errorIn(detail: unknown): ErrorResponse | undefined {
  if (!isFields(detail)) return undefined;
  const [first] = Array.isArray(detail.errors) ? detail.errors : [];
  return explainError(detail.error ?? first);
}

const textOf = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined);
/** Graph writes the code in front of the title. */
const titleIn = (message: unknown): string | undefined => textOf(message)?.replace(/^\(#\d+\)\s*/, '');
const detailsOf = ({ error_data: data }: Fields): string | undefined =>
  isFields(data) ? textOf(data.details) : undefined;
