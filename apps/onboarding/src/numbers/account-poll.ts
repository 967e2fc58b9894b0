import { Inject, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import type { Logger } from 'pino';
import { CLOCK, type Clock } from '#libs/clock';
import { Leases } from '#libs/leases';
import { GraphClient } from '#libs/meta-cloud';
import { LOGGER } from '#libs/observability';
import { Database } from '#libs/persistence';
import { Periodic } from '#libs/queues';
import { Wabas } from '#libs/wabas';
import { FollowProofs } from '../signups/follow-proofs.js';
import { numbersOf } from '../signups/graph-account.js';
import { NumberCommands } from './number-commands.js';
import { Numbers } from './numbers.js';

const EVERY_MS = 5_000;
/** Webhooks tell first; this repairs what they did not (Meta allows 5,000 calls an hour for each account, 2025-12-05). */
const LOOK_EVERY_MS = 30 * 60_000;
/** While Meta has a review open whose end somebody waits for: of an account that is new, or of a name that was asked for. */
const OPEN_LOOK_EVERY_MS = 2 * 60_000;
const NEW_FOR_MS = 86_400_000;

interface GraphReviews {
  account_review_status?: string;
  business_verification_status?: string;
}

/** Asks Meta now and then how far it has reviewed accounts and names, and puts an approved name into use. */
@Injectable()
export class AccountPoll implements OnApplicationBootstrap {
  constructor(
    private readonly db: Database,
    private readonly graph: GraphClient,
    private readonly wabas: Wabas,
    private readonly numbers: Numbers,
    private readonly commands: NumberCommands,
    private readonly proofs: FollowProofs,
    private readonly leases: Leases,
    private readonly periodic: Periodic,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  onApplicationBootstrap(): void {
    this.periodic.every('account reviews', EVERY_MS, () => this.look());
  }

  async look(): Promise<void> {
    const ago = (ms: number) => new Date(this.clock.now().getTime() - ms);
    const due = await this.db.query<{ tenant_id: string; waba_id: string }>(
      'SELECT tenant_id, waba_id FROM door_accounts_to_look_at($1, $2, $3)',
      [ago(LOOK_EVERY_MS), ago(OPEN_LOOK_EVERY_MS), ago(NEW_FOR_MS)],
    );
    for (const { tenant_id: tenantId, waba_id: wabaId } of due) {
      await this.leases
        .hold(tenantId, `account:${wabaId}`, () => this.account(tenantId, wabaId))
        .catch((error) => this.logger.warn({ err: error, tenantId, wabaId }, 'an account could not be looked at'));
    }
  }

  private async account(tenantId: string, wabaId: string): Promise<void> {
    const waba = await this.db.inTenant(tenantId, async (tx) => {
      const found = await this.wabas.waba(tx, tenantId, { wabaId });
      // Said first: an account that Meta does not show is not asked for again at once.
      await this.wabas.describeWaba(tx, tenantId, wabaId, { lookedAt: this.clock.now() });
      return found;
    });
    const token = waba ? this.wabas.tokenOf(waba) : undefined;
    if (!waba || !token) return;
    const seen = await this.graph.call<GraphReviews>({
      path: `/${waba.metaWabaId}`,
      query: { fields: 'account_review_status,business_verification_status' },
      token,
    });
    await this.db.inTenant(tenantId, (tx) =>
      this.wabas.describeWaba(tx, tenantId, wabaId, {
        ...(seen.account_review_status ? { reviewStatus: seen.account_review_status } : {}),
        ...(seen.business_verification_status
          ? { verificationStatus: seen.business_verification_status.toLowerCase() }
          : {}),
      }),
    );
    const listed = new Map((await numbersOf(this.graph, waba.metaWabaId, token)).map((n) => [n.id, n]));
    for (const known of await this.numbers.list(tenantId)) {
      if (known.waba.wabaId !== wabaId || known.care.state === 'released') continue;
      const { metaPhoneNumberId } = known.number;
      const number = listed.get(metaPhoneNumberId);
      if (!number) continue;
      await this.proofs.follow(await this.numbers.keepSeen(tenantId, known, number));
      // An approved name shows only after another registration (Meta, display names, 2025-12-12).
      if (number.new_name_status === 'APPROVED' && known.care.state === 'live') {
        // One that cannot be registered now, by Meta's cap for example, keeps no other from being looked at.
        await this.commands
          .register(tenantId, metaPhoneNumberId)
          .catch((error) => this.logger.warn({ err: error, tenantId, metaPhoneNumberId }, 'a new name waits for use'));
      }
    }
  }
}
