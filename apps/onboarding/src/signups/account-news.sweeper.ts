import { Inject, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import type { Logger } from 'pino';
import { CLOCK, type Clock } from '#libs/clock';
import { firstIdAt } from '#libs/ids';
import { LOGGER } from '#libs/observability';
import { Database } from '#libs/persistence';
import { Periodic, Wake } from '#libs/queues';
import { Wabas } from '#libs/wabas';
import { readAccountNews } from './account-news.js';
import { TakeAccountNews } from './take-account-news.js';

const EVERY_MS = 2_000;
/** Meta repeats a webhook for seven days at most (webhooks page, 2025-11). */
const LOOK_BACK_MS = 8 * 86_400_000;

/** Reads what Meta tells of accounts, once each, also what came before the signup it is about. */
@Injectable()
export class AccountNewsSweeper implements OnApplicationBootstrap {
  constructor(
    private readonly db: Database,
    private readonly signups: TakeAccountNews,
    private readonly wabas: Wabas,
    private readonly periodic: Periodic,
    private readonly wake: Wake,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  onApplicationBootstrap(): void {
    this.periodic.every('account news', EVERY_MS, () => this.look());
  }

  async look(): Promise<void> {
    const since = firstIdAt(new Date(this.clock.now().getTime() - LOOK_BACK_MS));
    const unread = await this.db.query<{ tenant_id: string; event_id: string }>(
      'SELECT tenant_id, event_id FROM door_account_news($1)',
      [since],
    );
    for (const { tenant_id: tenantId, event_id: eventId } of unread) {
      await this.take(tenantId, eventId).catch((error) =>
        this.logger.error({ err: error, tenantId, eventId }, 'an account event could not be taken note of'),
      );
    }
  }

  private async take(tenantId: string, eventId: string): Promise<void> {
    const signupIds = await this.db.inTenant(tenantId, async (tx) => {
      const [row]: { body: string }[] = await tx.query(
        'SELECT body FROM tenant_events WHERE tenant_id = $1 AND event_id = $2',
        [tenantId, eventId],
      );
      const news = row && readAccountNews(JSON.parse(row.body));
      if (!news) {
        await this.signups.passOver(tx, tenantId, eventId);
        return [];
      }
      const waba = await this.wabas.waba(tx, tenantId, { metaWabaId: news.metaWabaId });
      const moved = await this.signups.take(tx, tenantId, eventId, news);
      if (waba && moved.takenBack) {
        if (news.digits) await this.wabas.disconnectNumber(tx, tenantId, waba.wabaId, news.digits);
        else await this.wabas.disconnect(tx, tenantId, waba.wabaId);
      }
      if (waba && news.decision) {
        const { about, told } = news.decision;
        const isNews = await this.wabas.noteDecision(tx, tenantId, {
          wabaId: waba.wabaId,
          topic: about,
          told: news.told,
          at: news.at,
          detail: JSON.stringify(JSON.parse(row.body)),
        });
        if (isNews && about === 'review') {
          await this.wabas.describeWaba(tx, tenantId, waba.wabaId, { reviewStatus: told });
        }
        if (isNews && about === 'official') {
          await this.wabas.setOfficial(tx, tenantId, waba.wabaId, told === 'OBA_APPROVED');
        }
      }
      return moved.wakes;
    });
    for (const signupId of signupIds) void this.wake.lane('onboarding.signup', { tenantId, signupId });
  }
}
