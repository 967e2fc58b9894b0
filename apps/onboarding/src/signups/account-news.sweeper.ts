import { Inject, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import type { Logger } from 'pino';
import { CLOCK, type Clock } from '#libs/clock';
import { firstIdAt } from '#libs/ids';
import { LOGGER } from '#libs/observability';
import { Database, type Tx } from '#libs/persistence';
import { MetaApp } from '#libs/provider-settings';
import { Periodic, Wake } from '#libs/queues';
import { noteAccountDecision, type Waba, Wabas } from '#libs/wabas';
import { type AccountNews, readAccountNews } from './account-news.js';
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
    private readonly metaApp: MetaApp,
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
      const news = row && readAccountNews(JSON.parse(row.body), (appId) => this.metaApp.isAnother(appId));
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
      if (waba) await this.keepDecision(tx, waba, news, row.body);
      return moved.wakes;
    });
    for (const signupId of signupIds) void this.wake.lane('onboarding.signup', { tenantId, signupId });
  }

  private async keepDecision(tx: Tx, { tenantId, wabaId }: Waba, news: AccountNews, body: string): Promise<void> {
    const { decision, told, at } = news;
    if (!decision) return;
    // A badge is of one number: what Meta decides of it says nothing of the account's others.
    const number =
      decision.about === 'official'
        ? await this.wabas.phoneNumber(tx, tenantId, { metaPhoneNumberId: decision.metaPhoneNumberId })
        : undefined;
    if (number === null || (number && number.wabaId !== wabaId)) return;
    const isNews = await noteAccountDecision(tx, tenantId, {
      wabaId,
      phoneNumberId: number?.phoneNumberId,
      topic: decision.about,
      told,
      at,
      detail: JSON.stringify(JSON.parse(body)),
    });
    if (!isNews) return;
    if (decision.about === 'review')
      await this.wabas.describeWaba(tx, tenantId, wabaId, { reviewStatus: decision.told });
    else if (number)
      await this.wabas.describeNumber(tx, tenantId, number.phoneNumberId, { official: decision.approved });
  }
}
