import { Injectable } from '@nestjs/common';
import type { Question, Tx } from '#libs/persistence';
import { lineOf } from '#libs/phone-numbers';
import { CustomerMarks } from '#libs/privacy';
import type { ConsentSource, Purpose } from './consent-record.js';

/** Whether a tenant may write to a customer for a purpose. */
export interface Asked {
  tenantId: string;
  /** Digits of the number, business-scoped user id, or group id. */
  customer: string;
  purpose: Purpose;
}

/** Why it may not. */
export type Stop =
  | { why: 'withdrawn'; at: Date; source: ConsentSource }
  /** The tenant's settings ask for an opt-in, and there is none, or one that is not confirmed. */
  | { why: 'not_granted' };

interface StoppedRow {
  nth: number;
  state: string | null;
  at: Date | string;
  source: ConsentSource;
}

const STOPPED = 'SELECT nth::int, state, at, source FROM door_stopped($1, $2, $3, $4)';

/** The check that stands before every send; nothing is remembered, so an opt-out counts from its commit. */
@Injectable()
export class Suppression {
  constructor(private readonly marks: CustomerMarks) {}

  /** Why customers of one tenant may not be written to, in the order asked; undefined for those who may. */
  async stops(tx: Tx, asked: readonly Asked[]): Promise<(Stop | undefined)[]> {
    const [first] = asked;
    if (!first) return [];
    const customers = asked.map((a) => a.customer);
    const marks = await this.marks.ofAll(tx, first.tenantId, customers);
    return stopsOf(asked, await tx.query(STOPPED, columnsOf(asked, marks)));
  }

  /** The same of several tenants, as a question to ask beside others without a transaction. */
  async whyStopped(asked: readonly Asked[]): Promise<Question<Stop | undefined, StoppedRow>> {
    const marks = await Promise.all(asked.map((a) => this.marks.of(a.tenantId, a.customer)));
    return { sql: STOPPED, values: columnsOf(asked, marks), answers: (rows) => stopsOf(asked, rows) };
  }
}

/** @param marks of the same customers, under which a refusal is kept after the customer was forgotten */
const columnsOf = (asked: readonly Asked[], marks: readonly (string | null)[]): unknown[] => [
  asked.map((a) => a.tenantId),
  asked.map((a) => lineOf(a.customer)),
  asked.map((a) => a.purpose),
  marks,
];

function stopsOf(asked: readonly Asked[], rows: readonly StoppedRow[]): (Stop | undefined)[] {
  const stops: (Stop | undefined)[] = asked.map(() => undefined);
  for (const { nth, state, at, source } of rows) {
    stops[nth - 1] = state === 'withdrawn' ? { why: 'withdrawn', at: new Date(at), source } : { why: 'not_granted' };
  }
  return stops;
}
