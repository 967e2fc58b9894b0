import { Inject, Injectable } from '@nestjs/common';
import { CLOCK, type Clock } from '#libs/clock';
import { Refusal } from '#libs/http';
import { Database, type Tx } from '#libs/persistence';
import { TenantLimits } from '#libs/tenant-limits';
import type { TenantStatus } from '#libs/tenants';
import { hashToken, Vault } from '#libs/vault';
import { CAUSES, causeIn } from './causes.js';
import { namedLate } from './named-late.js';
import type { Outcome } from './outcome.js';
import { Signup, type SignupFacts } from './signup.entity.js';
import type { SignupEvent } from './signup-event.js';
import { isUnderWay } from './signup-state.js';
import { fromStep, nextStep, type SignupKind, type StepName } from './signup-steps.js';
import { moveSignup, type SignupRecord, SignupStore, stepStates } from './signup-store.js';

const codeContext = (signupId: string) => `signup-code:${signupId}`;
const tokenContext = (signupId: string) => `signup-token:${signupId}`;

/**
 * The one writer of signups and their steps. Requests and the worker change a signup under its row lock, so a code, an
 * event and a finished step that come at once are all kept.
 */
@Injectable()
export class Signups {
  constructor(
    private readonly db: Database,
    private readonly vault: Vault,
    private readonly store: SignupStore,
    private readonly limits: TenantLimits,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** @throws Refusal 403 where the provider allows the tenant no further number */
  begin(tenantId: string): Promise<SignupRecord> {
    return this.db.inTenant(tenantId, async (tx) => this.read(tx, tenantId, await this.beginWithRoom(tx, tenantId)));
  }

  /** Begins a signup of Meta's dialog. @returns its id @throws Refusal 403 where the provider allows no further number */
  async beginWithRoom(tx: Tx, tenantId: string): Promise<string> {
    await this.limits.mustFit(tx, tenantId, 'numbers', 1);
    return this.beginIn(tx, tenantId);
  }

  /** Begins a signup in the caller's transaction. @returns its id */
  beginIn(tx: Tx, tenantId: string, as?: { kind: SignupKind; facts?: SignupFacts }): Promise<string> {
    return this.store.insert(tx, tenantId, as);
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
      return this.store.wholes(tx, tenantId, signups);
    });
  }

  /**
   * Keeps a code of the dialog, sealed, and begins the steps anew: the code stands for a new permission.
   *
   * @returns whether it is news; the same code told twice changes nothing
   * @throws Refusal 404; 409 when the signup is live, or has no dialog
   */
  takeCode(tenantId: string, signupId: string, code: string): Promise<boolean> {
    return this.change(tenantId, signupId, (record) => {
      const { signup } = record;
      mustHaveDialog(signup);
      const codeHash = hashToken(code).toString('hex');
      if (signup.facts.codeHash === codeHash) return false;
      const { namedLate: named, ...held } = signup.facts;
      if (signup.state === 'live' && !named) {
        throw Refusal.conflict('This signup is live. Begin a new one to connect another account or number.');
      }
      signup.sealedCode = this.vault.seal(code, codeContext(signupId));
      signup.codeAt = this.clock.now();
      signup.sealedToken = null;
      // What is live stays so, and the signup goes on with what its dialog was about.
      signup.facts = { ...held, ...named, codeHash };
      this.beginAnew(record, 'exchange-code');
      this.finishDialog(record);
      moveSignup(signup, 'working');
      return true;
    });
  }

  /**
   * Keeps what the dialog told. A finish names the account; when that contradicts what the token showed so far, the
   * steps begin anew from the proof of access; what is live already stays so until a new code comes. Leaving the dialog cancels only a signup that waits for it.
   *
   * @returns whether there is work now
   * @throws Refusal 404; 409 when the signup has no dialog
   */
  takeEvent(tenantId: string, signupId: string, event: SignupEvent): Promise<boolean> {
    return this.change(tenantId, signupId, (record) => {
      const { signup } = record;
      mustHaveDialog(signup);
      if (signup.state === 'live') {
        if (event.told === 'finished') signup.facts = { ...signup.facts, namedLate: namedLate(event, signup.facts) };
        return false;
      }
      if (event.told === 'left') {
        const { told: _, ...left } = event;
        signup.facts = { ...signup.facts, left: { at: this.clock.now().toISOString(), ...left } };
        if (signup.state === 'waiting-for-merchant') moveSignup(signup, 'cancelled');
        return false;
      }
      const { told: _, ...told } = event;
      const held = signup.facts;
      // Nobody but a token renews what Meta took back.
      if (signup.state === 'disconnected') return false;
      // What was taken for the number before it was known to be one of the app may be another signup's.
      const isOfApp = told.coexistence && !held.byApp;
      const isNews =
        isOfApp || (['wabaId', 'phoneNumberId'] as const).some((k) => told[k] !== undefined && told[k] !== held[k]);
      const { phoneNumberId: taken, byApp: _held, ...known } = held;
      signup.facts = {
        ...known,
        ...(taken && !isOfApp ? { phoneNumberId: taken } : {}),
        ...(told.coexistence ? { byApp: true } : {}),
        ...told,
      };
      this.finishDialog(record);
      if (signup.state === 'cancelled') moveSignup(signup, 'waiting-for-merchant');
      if (!isNews || !signup.sealedToken) return false;
      this.beginAnew(record, 'prove-access');
      moveSignup(signup, 'working');
      return true;
    });
  }

  /**
   * Lets the step at which a signup stopped be tried again. One that is under way is only hastened: what its step, which may be
   * at work just now, brings back is kept, and what Meta refuses until a time is waited for.
   *
   * @returns whether there is work now
   * @throws Refusal 404; 409 when only Meta's dialog can help
   */
  retry(tenantId: string, signupId: string): Promise<boolean> {
    return this.change(tenantId, signupId, (record) => {
      const { signup, steps } = record;
      if (signup.state === 'live') return false;
      const next = nextStep(stepStates(steps), signup.kind);
      const cause = steps.find((s) => s.step === next?.step)?.said?.cause;
      if (isUnderWay(signup.state)) {
        if (cause && CAUSES[cause].onlyTimeHelps) return false;
        signup.retryAt = null;
        return true;
      }
      if (!next || this.lacks(signup, next.needs)) {
        throw new Refusal(
          409,
          'waiting_for_merchant',
          "Nothing can be tried again yet: open Meta's dialog and finish it; that gives a new code.",
        );
      }
      // A number that was missing may be there now, and which one it is shows only to the proof of access.
      this.beginAnew(record, cause === 'no_number' ? 'prove-access' : next.step);
      moveSignup(signup, 'working');
      return true;
    });
  }

  /** A number was proven by its code: a signup that waited for that goes on. @returns its id, once */
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

  /** What the dialog gave, in clear, for the step that needs it; nothing for a signup without one. */
  secretsOf(signup: Signup): { code?: string; token?: string } {
    return {
      ...(signup.sealedCode ? { code: this.vault.open(signup.sealedCode, codeContext(signup.signupId)) } : {}),
      ...(signup.sealedToken ? { token: this.vault.open(signup.sealedToken, tokenContext(signup.signupId)) } : {}),
    };
  }

  /** Keeps facts of a step that is at work; one that is undefined is forgotten. */
  keepFacts(tenantId: string, signupId: string, facts: SignupFacts): Promise<void> {
    return this.change(tenantId, signupId, ({ signup }) => {
      signup.facts = { ...signup.facts, ...facts };
    });
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
        moveSignup(signup, isLast ? 'live' : 'working');
        if (isLast) signup.sealedToken = null;
        return;
      }
      const { cause, meta, retryInMs } = outcome;
      row.said = { cause, ...(meta ? { meta } : {}) };
      row.state = retryInMs === undefined ? 'failed' : 'todo';
      if (retryInMs !== undefined) signup.retryAt = new Date(now.getTime() + retryInMs);
      // What time alone was to mend and did not is a failure.
      const { state } = CAUSES[causeIn(signup.kind, cause)];
      moveSignup(signup, retryInMs === undefined && isUnderWay(state) ? 'failed' : state);
      if (step === 'exchange-code' && retryInMs === undefined) signup.sealedCode = null;
    });
  }

  private lacks(signup: Signup, needs: 'code' | 'token' | undefined): boolean {
    // An application is carried out with the provider's own token.
    if (signup.kind === 'classic') return false;
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

  private async change<T>(tenantId: string, signupId: string, work: (record: SignupRecord) => T): Promise<T> {
    return this.db.inTenant(tenantId, async (tx) => {
      const signup = await tx
        .getRepository(Signup)
        .findOne({ where: { tenantId, signupId }, lock: { mode: 'pessimistic_write' } });
      if (!signup) throw Refusal.notFound('signup');
      const record = await this.store.whole(tx, signup);
      const before = signup.state;
      const result = work(record);
      await this.store.save(tx, record, before);
      return result;
    });
  }

  private async read(tx: Tx, tenantId: string, signupId: string): Promise<SignupRecord> {
    const signup = await tx.getRepository(Signup).findOneBy({ tenantId, signupId });
    if (!signup) throw Refusal.notFound('signup');
    return this.store.whole(tx, signup);
  }
}

/** @throws Refusal 403 for a tenant that the provider has suspended, or that is being closed */
export function mustBeActive(
  status: TenantStatus | undefined,
  says = 'This account is suspended and cannot connect numbers.',
): void {
  if (status !== 'active') throw Refusal.forbidden(says);
}

/**
 * What Meta's dialog gives belongs to signups that began with it: the ids of an event are a browser's claims, which in an
 * application's signup the provider's token would prove, for that sees the accounts of all.
 *
 * @throws Refusal 409
 */
function mustHaveDialog({ kind }: Signup): void {
  if (kind === 'embedded') return;
  throw Refusal.conflict("This signup carries out an application and takes nothing of Meta's dialog.");
}
