import { Inject, Injectable } from '@nestjs/common';
import { CLOCK, type Clock } from '#libs/clock';
import type { Tx } from '#libs/persistence';
import { type AccountNews, isStale } from './account-news.js';
import { CAUSES } from './causes.js';
import { Signup } from './signup.entity.js';
import { canMove, isUnderWay } from './signup-state.js';
import { moveSignup, type SignupRecord, SignupStore } from './signup-store.js';

/** What Meta tells of an account after its signup was begun moves that signup. */
@Injectable()
export class TakeAccountNews {
  constructor(
    private readonly store: SignupStore,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /**
   * Takes note of what Meta tells of a connected account. What is taken back disconnects its signup, at whatever step it
   * is; news that something became possible lets one that waits try again at once, unless only time helps.
   *
   * @returns the signup that has work now; whether access was taken back, which is so as well where there is no signup
   */
  async take(
    tx: Tx,
    tenantId: string,
    eventId: string,
    news: AccountNews,
  ): Promise<{ wakes?: string; takenBack: boolean }> {
    const held = await tx
      .getRepository(Signup)
      .createQueryBuilder('s')
      .where(`s.tenant_id = :tenantId AND s.facts->>'wabaId' = :wabaId`, { tenantId, wabaId: news.metaWabaId })
      .andWhere(
        "(:digits::text IS NULL OR regexp_replace(s.facts->>'displayPhoneNumber', '[^0-9]', '', 'g') = :digits)",
        {
          digits: news.digits ?? null,
        },
      )
      .orderBy('s.signup_id', 'DESC')
      .setLock('pessimistic_write')
      .getOne();
    const isNews = await this.note(tx, tenantId, eventId, held?.signupId ?? null, news);
    const takenBack = news.means === 'taken-back' && !isStale(news, held?.codeAt ?? null);
    if (!isNews) return { takenBack: false };
    if (!held) return { takenBack };
    const record = await this.store.whole(tx, held);
    const before = held.state;
    const first = record.steps.find((s) => s.step === 'hear-from-meta');
    if (first?.state === 'skipped') Object.assign(first, { state: 'done', said: null, updatedAt: this.clock.now() });
    if (takenBack) this.takeBack(record, news);
    const cause = record.steps.find((s) => s.said?.cause)?.said?.cause;
    const wakes = news.means === 'go-on' && isUnderWay(held.state) && !(cause && CAUSES[cause].onlyTimeHelps);
    if (wakes) held.retryAt = null;
    await this.store.save(tx, record, before);
    return { takenBack, ...(wakes ? { wakes: held.signupId } : {}) };
  }

  /** Takes note of an event that says nothing to us, so that it is not read again. */
  async passOver(tx: Tx, tenantId: string, eventId: string): Promise<void> {
    await this.note(tx, tenantId, eventId, null, { told: '', at: this.clock.now() });
  }

  /** @returns false for an event that was noted before */
  private async note(
    tx: Tx,
    tenantId: string,
    eventId: string,
    signupId: string | null,
    { told, at }: Pick<AccountNews, 'told' | 'at'>,
  ): Promise<boolean> {
    const rows: unknown[] = await tx.query(
      `INSERT INTO signup_news (tenant_id, event_id, signup_id, told, at) VALUES ($1, $2, $3, $4, $5)
       ON CONFLICT DO NOTHING RETURNING 1`,
      [tenantId, eventId, signupId, told, at],
    );
    return rows.length > 0;
  }

  private takeBack({ signup, steps }: SignupRecord, { told }: AccountNews): void {
    const to = signup.state === 'live' ? 'disconnected' : 'waiting-for-merchant';
    if (!canMove(signup.state, to)) return;
    const exchange = steps.find((s) => s.step === (signup.kind === 'embedded' ? 'exchange-code' : 'create-account'));
    const cause = told === 'ACCOUNT_DELETED' ? 'account_deleted' : 'partner_removed';
    if (exchange) Object.assign(exchange, { state: 'failed', said: { cause }, updatedAt: this.clock.now() });
    signup.round++; // what is under way now is not recorded any more
    signup.sealedToken = null;
    signup.retryAt = null;
    moveSignup(signup, to);
  }
}
