import { Inject, Injectable } from '@nestjs/common';
import { CLOCK, type Clock } from '#libs/clock';
import { Refusal } from '#libs/http';
import { Database } from '#libs/persistence';
import { Wake } from '#libs/queues';
import { TemplateSyncs } from '#libs/templates';
import type { Caller } from '#libs/tenants';
import { refuse } from '../graph-envelope/refuse.js';
import { AccountAtMeta } from './account-at-meta.js';

/** What Meta carried over, by its answers. */
export interface CarriedTemplates {
  /** Meta's ids of the templates of the account they came from. */
  migrated: string[];
  /** The same, with Meta's reason. */
  failed: Record<string, string>;
}

/** Templates that Meta looks at in one call, and calls after which a list without end is given up (6,000 templates). */
const PAGE = 500;
const MOST_PAGES = 12;

/**
 * Has Meta copy templates from one account of the tenant's to another of the same business (template migration page of
 * 2025-11): only approved ones that are not disliked. What came over is then read from Meta's list.
 */
@Injectable()
export class CarryTemplates {
  constructor(
    private readonly db: Database,
    private readonly account: AccountAtMeta,
    private readonly syncs: TemplateSyncs,
    private readonly wake: Wake,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** @throws Refusal when one of the accounts is not the caller's, or as Meta refused it */
  async carry(caller: Caller, fromMetaWabaId: string, toMetaWabaId: string): Promise<CarriedTemplates> {
    if (fromMetaWabaId === toMetaWabaId) {
      throw refuse('invalid_parameter', 'from_waba_id: must be another account than to_waba_id.');
    }
    await this.own(caller, fromMetaWabaId);
    const { waba, token } = await this.own(caller, toMetaWabaId);
    const carried: CarriedTemplates = { migrated: [], failed: {} };
    for (let page = 0; page < MOST_PAGES; page++) {
      const answer = await this.account.call<{ migrated_templates?: unknown[]; failed_templates?: object }>({
        method: 'POST',
        path: `/${toMetaWabaId}/migrate_message_templates`,
        body: { source_waba_id: fromMetaWabaId, page_number: page, count: PAGE },
        token,
      });
      const migrated = (answer.migrated_templates ?? []).map(String);
      const failed = Object.entries(answer.failed_templates ?? {});
      carried.migrated.push(...migrated);
      Object.assign(carried.failed, Object.fromEntries(failed.map(([id, why]) => [id, String(why)])));
      if (migrated.length + failed.length < PAGE) break;
    }
    const { tenantId } = caller;
    await this.db.inTenant(tenantId, (tx) => this.syncs.ask(tx, tenantId, waba.wabaId, this.clock.now()));
    void this.wake.lane('gateway.templates', { tenantId, wabaId: waba.wabaId });
    return carried;
  }

  /** Native clients read 404 for what is not theirs. */
  private async own(caller: Caller, metaWabaId: string) {
    try {
      return await this.account.writable(caller, { metaWabaId });
    } catch (error) {
      if (error instanceof Refusal && error.code === 'unknown_object') throw Refusal.notFound('account');
      throw error;
    }
  }
}
