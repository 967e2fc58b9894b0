import { Injectable } from '@nestjs/common';
import { GraphClient, type GraphRequest } from '#libs/meta-cloud';
import { Database } from '#libs/persistence';
import type { Caller } from '#libs/tenants';
import { type PhoneNumber, Wabas } from '#libs/wabas';
import { fromGraph, refuse, unknownObject } from '../graph-envelope/refuse.js';

/** A number of the caller with our access to it. */
export interface ReachableNumber {
  number: PhoneNumber;
  token: string;
}

export interface NumberCall {
  method: NonNullable<GraphRequest['method']>;
  /** What follows the id of the number; empty for the number itself. */
  edge: string;
  query?: Readonly<Record<string, unknown>>;
  body?: unknown;
}

/** Asks Meta about a tenant's number in the tenant's words, with the token that we hold. */
@Injectable()
export class AskMeta {
  constructor(
    private readonly db: Database,
    private readonly wabas: Wabas,
    private readonly graph: GraphClient,
  ) {}

  /** @throws Refusal when the number is not the caller's, the caller may not act, or Meta gives us no access */
  async reach(caller: Caller, metaPhoneNumberId: string): Promise<ReachableNumber> {
    const { tenantId } = caller;
    const found = await this.db.inTenant(tenantId, async (tx) => {
      const number = await this.wabas.phoneNumber(tx, tenantId, { metaPhoneNumberId });
      const waba = number && (await this.wabas.waba(tx, tenantId, { wabaId: number.wabaId }));
      return waba && { number, token: this.wabas.tokenOf(waba) };
    });
    if (!found?.number) throw unknownObject(metaPhoneNumberId);
    const { number, token } = found;
    if (token === undefined) {
      throw refuse(
        'number_disconnected',
        'We have no access to this number at Meta. Connect it in the onboarding app.',
      );
    }
    return { number, token };
  }

  /** @throws Refusal when the provider has suspended the caller: then it may look, but change nothing */
  requireActive(caller: Caller): void {
    if (caller.tenantStatus === 'active') return;
    throw refuse('tenant_suspended', 'Your provider has suspended this account. Ask its support what to do.');
  }

  /**
   * @returns Meta's answer as it came
   * @throws Refusal with Meta's own envelope where Meta refused
   */
  async call<T>({ number, token }: ReachableNumber, call: NumberCall): Promise<T> {
    const { method, edge, query, body } = call;
    try {
      return await this.graph.call<T>({
        method,
        path: `/${number.metaPhoneNumberId}${edge === '' ? '' : `/${edge}`}`,
        query: ourQuery(query ?? {}),
        ...(body === undefined ? {} : { body: withoutKey(body) }),
        token,
      });
    } catch (error) {
      throw fromGraph(error);
    }
  }
}

/** What the caller asks for, without what is between it and us: its key, and the number as the facades name it. */
function ourQuery(query: Readonly<Record<string, unknown>>): Record<string, string> {
  const given = Object.entries(query).filter(
    (one): one is [string, string] =>
      typeof one[1] === 'string' && one[0] !== 'access_token' && one[0] !== 'phone_number_id',
  );
  return Object.fromEntries(given);
}

function withoutKey(body: unknown): unknown {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return body;
  const { access_token: _, ...rest } = body as Record<string, unknown>;
  return rest;
}
