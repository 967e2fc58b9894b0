import { Inject, Injectable } from '@nestjs/common';
import { CLOCK, type Clock } from '#libs/clock';
import type { Tx } from '#libs/persistence';
import { type AccountNews, isStale } from './account-news.js';
import { CAUSES, causeIn } from './causes.js';
import { Signup } from './signup.entity.js';
import { canMove, isUnderWay } from './signup-state.js';
import { isPast } from './signup-steps.js';
import { moveSignup, type SignupRecord, SignupStore, stepStates } from './signup-store.js';

/** What Meta tells of an account after its signup was begun moves that signup. */
@Injectable()
export class TakeAccountNews {
  constructor(
    private readonly store: SignupStore,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /**
   * Takes note of what Meta tells of a connected account. What is taken back disconnects every signup of the account, at
   * whatever step it is; news that something became possible lets those that wait try again at once, unless only time helps.
   *
   * @returns the signups that have work now; whether access was taken back, which is so as well where there is no signup
   */
  async take(
    tx: Tx,
    tenantId: string,
    eventId: string,
    news: AccountNews,
  ): Promise<{ wakes: string[]; takenBack: boolean }> {
    const records = await this.meant(tx, tenantId, news);
    const isNews = await this.note(tx, tenantId, eventId, records.at(-1)?.signup.signupId ?? null, news);
    if (!isNews) return { wakes: [], takenBack: false };
    const permittedAt = Math.max(...records.map(({ signup }) => signup.codeAt?.getTime() ?? 0));
    const takenBack = news.means === 'taken-back' && !isStale(news, permittedAt > 0 ? new Date(permittedAt) : null);
    const wakes: string[] = [];
    for (const record of records) {
      if (await this.tell(tx, record, news, takenBack)) wakes.push(record.signup.signupId);
    }
    return { wakes, takenBack };
  }

  /**
   * The signups that an event is about, oldest first: those whose token was seen to reach the account. What a browser named
   * counts only where there is none, for the newest, which may be about to be proven.
   */
  private async meant(tx: Tx, tenantId: string, { metaWabaId, digits }: AccountNews): Promise<SignupRecord[]> {
    const signups = await tx
      .getRepository(Signup)
      .createQueryBuilder('s')
      .where(`s.tenant_id = :tenantId AND s.facts->>'wabaId' = :metaWabaId`, { tenantId, metaWabaId })
      .andWhere(
        "(:digits::text IS NULL OR regexp_replace(s.facts->>'displayPhoneNumber', '[^0-9]', '', 'g') = :digits)",
        { digits: digits ?? null },
      )
      .orderBy('s.signup_id', 'ASC')
      .setLock('pessimistic_write')
      .getMany();
    const records = await this.store.wholes(tx, tenantId, signups);
    const proven = records.filter(({ signup, steps }) => isPast('prove-access', stepStates(steps), signup.kind));
    return proven.length > 0 ? proven : records.slice(-1);
  }

  /** @returns whether the signup has work now */
  private async tell(tx: Tx, record: SignupRecord, news: AccountNews, takenBack: boolean): Promise<boolean> {
    const { signup, steps } = record;
    const before = signup.state;
    const first = steps.find((s) => s.step === 'hear-from-meta');
    if (first?.state === 'skipped') Object.assign(first, { state: 'done', said: null, updatedAt: this.clock.now() });
    if (takenBack) this.takeBack(record, news);
    const cause = steps.find((s) => s.said?.cause)?.said?.cause;
    const wakes = news.means === 'go-on' && isUnderWay(signup.state) && !(cause && CAUSES[cause].onlyTimeHelps);
    if (wakes) signup.retryAt = null;
    await this.store.save(tx, record, before);
    return wakes;
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
    const cause = told === 'ACCOUNT_DELETED' ? 'account_deleted' : 'partner_removed';
    const to = signup.state === 'live' ? 'disconnected' : CAUSES[causeIn(signup.kind, cause)].state;
    if (!canMove(signup.state, to)) return;
    const exchange = steps.find((s) => s.step === (signup.kind === 'embedded' ? 'exchange-code' : 'create-account'));
    if (exchange) Object.assign(exchange, { state: 'failed', said: { cause }, updatedAt: this.clock.now() });
    signup.round++; // what is under way now is not recorded any more
    signup.sealedToken = null;
    signup.retryAt = null;
    moveSignup(signup, to);
  }
}
