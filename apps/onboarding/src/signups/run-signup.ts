import { setTimeout } from 'node:timers/promises';
import { Inject, Injectable } from '@nestjs/common';
import type { Logger } from 'pino';
import { Leases } from '#libs/leases';
import { LOGGER } from '#libs/observability';
import { Wabas } from '#libs/wabas';
import { judgeTrouble, tryAgain } from './judge-trouble.js';
import type { Outcome } from './outcome.js';
import { isUnderWay } from './signup-state.js';
import { nextStep, type StepName } from './signup-steps.js';
import { type SignupRecord, stepStates } from './signup-store.js';
import { Signups } from './signups.js';
import { type DoStep, type StepInput, StepTools } from './step-tools.js';
import { addNumber } from './steps/add-number.js';
import { createAccount } from './steps/create-account.js';
import { exchangeCode } from './steps/exchange-code.js';
import { hearFromMeta } from './steps/hear-from-meta.js';
import { importNumbers } from './steps/import-numbers.js';
import { importProfile } from './steps/import-profile.js';
import { proveAccess } from './steps/prove-access.js';
import { registerNumber } from './steps/register-number.js';
import { saveAccount } from './steps/save-account.js';
import { shareCredit } from './steps/share-credit.js';
import { subscribeApp } from './steps/subscribe-app.js';
import { syncApp } from './steps/sync-app.js';
import { verifyNumber } from './steps/verify-number.js';

const DOING: Readonly<Record<Exclude<StepName, 'dialog'>, DoStep>> = {
  'create-account': createAccount,
  'add-number': addNumber,
  'verify-number': verifyNumber,
  'exchange-code': exchangeCode,
  'prove-access': proveAccess,
  'save-account': saveAccount,
  'subscribe-app': subscribeApp,
  'share-credit': shareCredit,
  'register-number': registerNumber,
  'sync-app': syncApp,
  'import-numbers': importNumbers,
  'import-profile': importProfile,
  'hear-from-meta': hearFromMeta,
};

/** So long a request waits for whoever holds the signup; what is not done by then is done without it. */
const NOW_WITHIN_MS = 10_000;
const LOOK_EVERY_MS = 100;

/** Takes a signup through its steps. Whoever does so holds the signup's lease, so no step is done by two at once. */
@Injectable()
export class RunSignup {
  constructor(
    private readonly signups: Signups,
    private readonly tools: StepTools,
    private readonly wabas: Wabas,
    private readonly leases: Leases,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /**
   * Does steps until the signup is live, waits for someone or must be tried later.
   *
   * @returns milliseconds until there is work again, if there will be
   */
  async run(tenantId: string, signupId: string): Promise<number | undefined> {
    const outcome = await this.hold(tenantId, signupId);
    return outcome === 'held-by-another' ? 1_000 : outcome;
  }

  /**
   * Does one step, if it is the next, while a request is being answered. Whoever holds the signup may be about to do it,
   * and is waited for.
   */
  async runNow(tenantId: string, signupId: string, step: StepName): Promise<void> {
    const giveUpAt = performance.now() + NOW_WITHIN_MS;
    while ((await this.hold(tenantId, signupId, step)) === 'held-by-another' && performance.now() < giveUpAt) {
      const todo = this.todo(await this.signups.find(tenantId, signupId), step);
      if (!todo || todo.inMs > 0) return;
      await setTimeout(LOOK_EVERY_MS);
    }
  }

  private hold(tenantId: string, signupId: string, only?: StepName): Promise<number | undefined | 'held-by-another'> {
    return this.leases.hold(tenantId, `signup:${signupId}`, async (stillMine) => {
      for (;;) {
        const record = await this.signups.find(tenantId, signupId);
        const todo = this.todo(record, only);
        if (!todo || todo.inMs > 0) return todo?.inMs;
        if (!stillMine()) return 0;
        await this.attempt(record, todo.step);
      }
    });
  }

  /** @returns what is next, and in how many ms, of a signup that is under way; with `only`, that step alone */
  private todo({ signup, steps }: SignupRecord, only?: StepName): { step: StepName; inMs: number } | undefined {
    const next = nextStep(stepStates(steps), signup.kind);
    if (!isUnderWay(signup.state) || !next || (only && next.step !== only)) return undefined;
    return { step: next.step, inMs: (signup.retryAt?.getTime() ?? 0) - this.tools.clock.now().getTime() };
  }

  private async attempt({ signup, steps }: SignupRecord, step: StepName): Promise<void> {
    const { tenantId, signupId, kind, round } = signup;
    const attempts = (steps.find((s) => s.step === step)?.attempts ?? 0) + 1;
    const input: StepInput = {
      tenantId,
      signupId,
      kind,
      facts: signup.facts,
      attempts,
      keep: (facts) => this.signups.keepFacts(tenantId, signupId, facts),
      ...(kind === 'classic' ? this.providersToken() : this.signups.secretsOf(signup)),
      ...(signup.codeAt ? { codeAt: signup.codeAt } : {}),
    };
    let outcome: Outcome;
    try {
      outcome =
        kind === 'classic' && input.token === undefined
          ? { is: 'held-up', cause: 'platform_misconfigured' }
          : await this.doing(step)(input, this.tools);
    } catch (error) {
      const judged = judgeTrouble(error, step, attempts, await this.secretsNear(input));
      if (!judged) {
        this.logger.error({ err: error, signupId, step }, 'a signup step threw');
        outcome = { is: 'held-up', cause: 'internal', ...tryAgain(attempts) };
      } else outcome = judged;
    }
    await this.signups.record(tenantId, signupId, round, step, outcome);
    const told = outcome.is === 'held-up' ? { cause: outcome.cause, meta: outcome.meta?.code } : {};
    this.logger.info({ tenantId, signupId, step, attempts, outcome: outcome.is, ...told }, 'signup step');
  }

  /** Asked for at each step, because it may be replaced while a merchant is waited for. */
  private providersToken(): { token?: string } {
    const { token } = this.tools.partner;
    return token === undefined ? {} : { token };
  }

  private doing(step: StepName): DoStep {
    if (step === 'dialog') throw new Error('the dialog is the merchant’s step');
    return DOING[step];
  }

  /** Everything that must not be kept with what Meta said. */
  private async secretsNear({ tenantId, facts, code, token }: StepInput): Promise<string[]> {
    const { phoneNumberId } = facts;
    const pin = phoneNumberId
      ? await this.tools.db.inTenant(tenantId, async (tx) => {
          const number = await this.wabas.phoneNumber(tx, tenantId, { metaPhoneNumberId: phoneNumberId });
          return number ? this.wabas.pinOf(number) : undefined;
        })
      : undefined;
    const { app, callback, partner } = this.tools;
    return [code, token, pin, app.secret, callback.verifyToken, partner.token].filter(
      (s): s is string => s !== undefined,
    );
  }
}
