import { Inject, Injectable } from '@nestjs/common';
import { CLOCK, type Clock } from '#libs/clock';
import { Refusal } from '#libs/http';
import { newId } from '#libs/ids';
import { Database, type Tx } from '#libs/persistence';
import { SetupLinks } from '#libs/tenants';
import { hashToken, Vault } from '#libs/vault';
import { TellTenant } from '../events/tell-tenant.js';
import { type AccountNews, isStale } from './account-news.js';
import { CAUSES } from './causes.js';
import type { Outcome } from './outcome.js';
import { Signup, type SignupFacts, SignupNews, SignupStep } from './signup.entity.js';
import type { SignupEvent } from './signup-event.js';
import { canMove, isUnderWay, type SignupState } from './signup-state.js';
import { fromStep, nextStep, type SignupKind, type StepName, type StepState, stepsOf } from './signup-steps.js';

/** A signup with its steps, in their order. */
export interface SignupRecord {
  signup: Signup;
  steps: SignupStep[];
  /** What Meta told of its account since, oldest first. */
  news: SignupNews[];
}

const codeContext = (signupId: string) => `signup-code:${signupId}`;
const tokenContext = (signupId: string) => `signup-token:${signupId}`;

export const stepStates = (steps: readonly SignupStep[]): Map<StepName, StepState> =>
  new Map(steps.map((s) => [s.step, s.state]));

/**
 * The one writer of signups and their steps. Requests and the worker change a signup under its row lock, so a code, an
 * event and a finished step that come at once are all kept.
 */
@Injectable()
export class Signups {
  constructor(
    private readonly db: Database,
    private readonly vault: Vault,
    private readonly links: SetupLinks,
    private readonly tenant: TellTenant,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  begin(tenantId: string): Promise<SignupRecord> {
    return this.db.inTenant(tenantId, async (tx) => this.read(tx, tenantId, await this.beginIn(tx, tenantId)));
  }

  /** Begins a signup in the caller's transaction. @returns its id */
  async beginIn(
    tx: Tx,
    tenantId: string,
    as: { kind: SignupKind; facts?: SignupFacts } = { kind: 'embedded' },
  ): Promise<string> {
    const now = this.clock.now();
    const signupId = newId(now);
    await tx.getRepository(Signup).insert({
      tenantId,
      signupId,
      kind: as.kind,
      state: as.kind === 'embedded' ? 'waiting-for-merchant' : 'working',
      facts: as.facts ?? {},
      sealedCode: null,
      codeAt: null,
      sealedToken: null,
      round: 0,
      retryAt: null,
      createdAt: now,
      updatedAt: now,
    });
    await tx.getRepository(SignupStep).insert(stepsOf(as.kind).map(({ step }) => fresh(tenantId, signupId, step, now)));
    return signupId;
  }

  /** @throws Refusal 404 when the tenant has no such signup */
  find(tenantId: string, signupId: string): Promise<SignupRecord> {
    return this.db.inTenant(tenantId, (tx) => this.read(tx, tenantId, signupId));
  }

  /** @returns the tenant's latest signups, newest first */
  async list(tenantId: string, limit: number): Promise<SignupRecord[]> {
    return this.db.inTenant(tenantId, async (tx) => {
      const signups = await tx
        .getRepository(Signup)
        .find({ where: { tenantId }, order: { signupId: 'DESC' }, take: limit });
      const records: SignupRecord[] = [];
      for (const signup of signups) records.push(await this.whole(tx, signup));
      return records;
    });
  }

  /**
   * Keeps a code of the dialog, sealed, and begins the steps anew: the code stands for a new permission.
   *
   * @returns whether it is news; the same code told twice changes nothing
   * @throws Refusal 404; 409 when the signup is live
   */
  takeCode(tenantId: string, signupId: string, code: string): Promise<boolean> {
    return this.change(tenantId, signupId, (record) => {
      const { signup } = record;
      const codeHash = hashToken(code).toString('hex');
      if (signup.facts.codeHash === codeHash) return false;
      if (signup.state === 'live') {
        throw Refusal.conflict('This signup is live. Begin a new one to connect another account or number.');
      }
      signup.sealedCode = this.vault.seal(code, codeContext(signupId));
      signup.codeAt = this.clock.now();
      signup.sealedToken = null;
      signup.facts = { ...signup.facts, codeHash };
      this.beginAnew(record, 'exchange-code');
      this.finishDialog(record);
      this.move(signup, 'working');
      return true;
    });
  }

  /**
   * Keeps what the dialog told. A finish names the account; when that contradicts what the token showed so far, the
   * steps begin anew from the proof of access. Leaving the dialog cancels only a signup that waits for it.
   *
   * @returns whether there is work now
   * @throws Refusal 404
   */
  takeEvent(tenantId: string, signupId: string, event: SignupEvent): Promise<boolean> {
    return this.change(tenantId, signupId, (record) => {
      const { signup } = record;
      if (signup.state === 'live') return false;
      if (event.told === 'left') {
        const { told: _, ...left } = event;
        signup.facts = { ...signup.facts, left: { at: this.clock.now().toISOString(), ...left } };
        if (signup.state === 'waiting-for-merchant') this.move(signup, 'cancelled');
        return false;
      }
      const { told: _, ...told } = event;
      const held = signup.facts;
      // Nobody but a token renews what Meta took back.
      if (signup.state === 'disconnected') return false;
      const isNews = (['wabaId', 'phoneNumberId'] as const).some((k) => told[k] !== undefined && told[k] !== held[k]);
      signup.facts = { ...held, ...told };
      this.finishDialog(record);
      if (signup.state === 'cancelled') this.move(signup, 'waiting-for-merchant');
      if (!isNews || !signup.sealedToken) return false;
      this.beginAnew(record, 'prove-access');
      this.move(signup, 'working');
      return true;
    });
  }

  /**
   * Lets the step at which a signup stopped be tried again.
   *
   * @returns whether there is work now
   * @throws Refusal 404; 409 when only Meta's dialog can help
   */
  retry(tenantId: string, signupId: string): Promise<boolean> {
    return this.change(tenantId, signupId, (record) => {
      const { signup, steps } = record;
      if (signup.state === 'live') return false;
      const next = nextStep(stepStates(steps), signup.kind);
      if (!next || this.lacks(signup, next.needs)) {
        throw new Refusal(
          409,
          'waiting_for_merchant',
          "Nothing can be tried again yet: open Meta's dialog and finish it; that gives a new code.",
        );
      }
      // A number that was missing may be there now, and which one it is shows only to the proof of access.
      const noNumber = steps.find((s) => s.step === next.step)?.said?.cause === 'no_number';
      this.beginAnew(record, noNumber ? 'prove-access' : next.step);
      this.move(signup, 'working');
      return true;
    });
  }

  /** A number was proven by its code: a signup that waited for that goes on. */
  async numberVerified(tenantId: string, metaPhoneNumberId: string): Promise<string | undefined> {
    const waiting = await this.db.inTenant(tenantId, (tx) =>
      tx
        .getRepository(Signup)
        .createQueryBuilder('s')
        .where(`s.tenant_id = :tenantId AND s.facts->>'phoneNumberId' = :metaPhoneNumberId`, {
          tenantId,
          metaPhoneNumberId,
        })
        .andWhere(`s.kind = 'classic' AND s.state = 'waiting-for-merchant'`)
        .getOne(),
    );
    return waiting && (await this.retry(tenantId, waiting.signupId)) ? waiting.signupId : undefined;
  }

  /** The secrets of a signup in clear, for the step that needs them. */
  secretsOf(signup: Signup): { code?: string; token?: string } {
    return {
      ...(signup.sealedCode ? { code: this.vault.open(signup.sealedCode, codeContext(signup.signupId)) } : {}),
      ...(signup.sealedToken ? { token: this.vault.open(signup.sealedToken, tokenContext(signup.signupId)) } : {}),
    };
  }

  /**
   * Keeps what a step brought, unless the steps were begun anew while it was at work.
   *
   * @param round the signup's round when the step began
   */
  record(tenantId: string, signupId: string, round: number, step: StepName, outcome: Outcome): Promise<void> {
    return this.change(tenantId, signupId, ({ signup, steps }) => {
      const row = steps.find((s) => s.step === step);
      if (signup.round !== round || !row || signup.state === 'live') return;
      const now = this.clock.now();
      row.attempts++;
      row.updatedAt = now;
      signup.facts = { ...signup.facts, ...outcome.facts };
      signup.retryAt = null;
      if (outcome.is !== 'held-up') {
        row.state = outcome.is;
        row.said = outcome.note ? { note: outcome.note } : null;
        if (outcome.token) signup.sealedToken = this.vault.seal(outcome.token, tokenContext(signupId));
        if (step === 'exchange-code') signup.sealedCode = null;
        const isLast = !nextStep(stepStates(steps), signup.kind);
        this.move(signup, isLast ? 'live' : 'working');
        if (isLast) signup.sealedToken = null;
        return;
      }
      const { cause, meta, retryInMs } = outcome;
      row.said = { cause, ...(meta ? { meta } : {}) };
      row.state = retryInMs === undefined ? 'failed' : 'todo';
      if (retryInMs !== undefined) signup.retryAt = new Date(now.getTime() + retryInMs);
      // What time alone was to mend and did not is a failure.
      const { state } = CAUSES[cause];
      this.move(signup, retryInMs === undefined && isUnderWay(state) ? 'failed' : state);
      if (step === 'exchange-code' && retryInMs === undefined) signup.sealedCode = null;
    });
  }

  /**
   * Takes note of what Meta tells of a connected account. What is taken back disconnects its signup, at whatever step it
   * is; any other news lets one that waits try again at once.
   *
   * @returns the signup that has work now; whether access was taken back, which is so as well where there is no signup
   */
  async takeNews(
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
    const record = await this.whole(tx, held);
    const before = held.state;
    const first = record.steps.find((s) => s.step === 'hear-from-meta');
    if (first?.state === 'skipped') Object.assign(first, { state: 'done', said: null, updatedAt: this.clock.now() });
    if (takenBack) this.takeBack(record, news);
    const wakes = news.means === 'go-on' && isUnderWay(held.state);
    if (wakes) held.retryAt = null;
    await this.save(tx, record, before);
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
    this.move(signup, to);
  }

  private lacks(signup: Signup, needs: 'code' | 'token' | undefined): boolean {
    return (needs === 'code' && !signup.sealedCode) || (needs === 'token' && !signup.sealedToken);
  }

  private beginAnew({ signup, steps }: SignupRecord, first: StepName): void {
    const again = new Set(fromStep(first, signup.kind));
    for (const row of steps) {
      if (again.has(row.step)) Object.assign(row, { state: 'todo', attempts: 0, said: null });
    }
    signup.round++;
    signup.retryAt = null;
  }

  private finishDialog({ steps }: SignupRecord): void {
    const dialog = steps.find((s) => s.step === 'dialog');
    if (dialog && dialog.state !== 'done') {
      Object.assign(dialog, { state: 'done', attempts: dialog.attempts + 1, updatedAt: this.clock.now() });
    }
  }

  private move(signup: Signup, to: SignupState): void {
    if (!canMove(signup.state, to)) throw new Error(`a signup does not go from ${signup.state} to ${to}`);
    signup.state = to;
  }

  private async change<T>(tenantId: string, signupId: string, work: (record: SignupRecord) => T): Promise<T> {
    return this.db.inTenant(tenantId, async (tx) => {
      const signup = await tx
        .getRepository(Signup)
        .findOne({ where: { tenantId, signupId }, lock: { mode: 'pessimistic_write' } });
      if (!signup) throw Refusal.notFound('signup');
      const record = await this.whole(tx, signup);
      const before = signup.state;
      const result = work(record);
      await this.save(tx, record, before);
      return result;
    });
  }

  /** Saves a signup; when it has moved, the tenant is told, and the setup link of one that is live is spent. */
  private async save(tx: Tx, { signup, steps }: SignupRecord, before: SignupState): Promise<void> {
    const { tenantId, signupId, state, facts } = signup;
    signup.updatedAt = this.clock.now();
    await tx.getRepository(Signup).save(signup);
    await tx.getRepository(SignupStep).save(steps);
    if (state === before) return;
    if (state === 'live') await this.links.use(tx, tenantId, signupId);
    await this.tenant.tell(tx, tenantId, 'signup_update', {
      signup_id: signupId,
      kind: signup.kind,
      state,
      before,
      ...(facts.wabaId ? { waba_id: facts.wabaId } : {}),
      ...(facts.phoneNumberId ? { phone_number_id: facts.phoneNumberId } : {}),
      ...(facts.applicationId ? { application_id: facts.applicationId } : {}),
      cause: steps.find((s) => s.said?.cause)?.said?.cause ?? null,
    });
  }

  private async read(tx: Tx, tenantId: string, signupId: string): Promise<SignupRecord> {
    const signup = await tx.getRepository(Signup).findOneBy({ tenantId, signupId });
    if (!signup) throw Refusal.notFound('signup');
    return this.whole(tx, signup);
  }

  private async whole(tx: Tx, signup: Signup): Promise<SignupRecord> {
    const { tenantId, signupId } = signup;
    const rows = await tx.getRepository(SignupStep).findBy({ tenantId, signupId });
    const byName = new Map(rows.map((row) => [row.step, row]));
    // A signup that was begun before a step was thought of has it still to do, unless it is live without it.
    const steps = stepsOf(signup.kind).flatMap(
      ({ step }) =>
        byName.get(step) ?? (signup.state === 'live' ? [] : fresh(tenantId, signupId, step, signup.updatedAt)),
    );
    const news = await tx.getRepository(SignupNews).find({ where: { tenantId, signupId }, order: { at: 'ASC' } });
    return { signup, steps, news };
  }
}

const fresh = (tenantId: string, signupId: string, step: StepName, updatedAt: Date): SignupStep => ({
  tenantId,
  signupId,
  step,
  state: 'todo',
  attempts: 0,
  said: null,
  updatedAt,
});
