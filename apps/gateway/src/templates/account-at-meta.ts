import { Injectable } from '@nestjs/common';
import { GraphClient, type GraphRequest } from '#libs/meta-cloud';
import { Database } from '#libs/persistence';
import { type Caller, requireReach } from '#libs/tenants';
import { type Waba, Wabas } from '#libs/wabas';
import { fromGraph, refuse, unknownObject } from '../graph-envelope/refuse.js';

/** A WABA of the caller's with our access to it. */
export interface ReachableWaba {
  waba: Waba;
  token: string;
}

/** Calls to Meta about the templates of a tenant's WABA, with the token that we hold. */
@Injectable()
export class AccountAtMeta {
  constructor(
    private readonly db: Database,
    private readonly wabas: Wabas,
    private readonly graph: GraphClient,
  ) {}

  /** @throws Refusal when the WABA is not the caller's or not its key's, the caller may not write, or Meta gives us no access */
  async writable(caller: Caller, by: { wabaId: string } | { metaWabaId: string }): Promise<ReachableWaba> {
    if (caller.tenantStatus !== 'active') {
      throw refuse('tenant_suspended', 'Your provider has suspended this account. Ask its support what to do.');
    }
    const waba = await this.db.inTenant(caller.tenantId, (tx) => this.wabas.waba(tx, caller.tenantId, by));
    if (!waba) throw unknownObject('metaWabaId' in by ? by.metaWabaId : by.wabaId);
    requireReach(caller, waba);
    const token = this.wabas.tokenOf(waba);
    if (token === undefined) {
      throw refuse(
        'number_disconnected',
        'We have no access to this account at Meta. Connect it in the onboarding app.',
      );
    }
    return { waba, token };
  }

  /** @throws Refusal with Meta's own envelope where Meta refused */
  async call<T>(request: GraphRequest): Promise<T> {
    try {
      return await this.graph.call<T>(request);
    } catch (error) {
      throw fromGraph(error);
    }
  }
}
