import { Inject, Injectable } from '@nestjs/common';
import { In } from 'typeorm';
import { CLOCK, type Clock } from '#libs/clock';
import { newId } from '#libs/ids';
import type { Tx } from '#libs/persistence';
import { SetupLinks } from '#libs/tenants';
import { TellTenant } from '../events/tell-tenant.js';
import { Signup, type SignupFacts, SignupNews, SignupStep } from './signup.entity.js';
import { canMove, type SignupState } from './signup-state.js';
import { type SignupKind, type StepName, type StepState, stepsOf } from './signup-steps.js';

/** A signup with its steps, in their order. */
export interface SignupRecord {
  signup: Signup;
  steps: SignupStep[];
  /** What Meta told of its account since, oldest first. */
  news: SignupNews[];
}

export const stepStates = (steps: readonly SignupStep[]): Map<StepName, StepState> =>
  new Map(steps.map((s) => [s.step, s.state]));

/** @throws Error for a move that the table of states does not have */
export function moveSignup(signup: Signup, to: SignupState): void {
  if (!canMove(signup.state, to)) throw new Error(`a signup does not go from ${signup.state} to ${to}`);
  signup.state = to;
}

/** Reads and writes whole signups, in the caller's transaction. What changes one holds its row's lock. */
@Injectable()
export class SignupStore {
  constructor(
    private readonly links: SetupLinks,
    private readonly tenant: TellTenant,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** @returns the id of a fresh signup */
  async insert(
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

  /** Saves a signup; when it has moved, the tenant is told, and the setup link of one that is live is spent. */
  async save(tx: Tx, { signup, steps }: SignupRecord, before: SignupState): Promise<void> {
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

  async whole(tx: Tx, signup: Signup): Promise<SignupRecord> {
    const [record] = await this.wholes(tx, signup.tenantId, [signup]);
    return record as SignupRecord;
  }

  /** @param signups of the one tenant @returns their records, in the same order */
  async wholes(tx: Tx, tenantId: string, signups: readonly Signup[]): Promise<SignupRecord[]> {
    const where = { tenantId, signupId: In(signups.map((s) => s.signupId)) };
    const rows = await tx.getRepository(SignupStep).findBy(where);
    const news = await tx.getRepository(SignupNews).find({ where, order: { at: 'ASC' } });
    return signups.map((signup) => {
      const { signupId } = signup;
      const byName = new Map(rows.filter((row) => row.signupId === signupId).map((row) => [row.step, row]));
      return {
        signup,
        // A signup that was begun before a step was thought of has it still to do, unless it is live without it.
        steps: stepsOf(signup.kind).flatMap(
          ({ step }) =>
            byName.get(step) ?? (signup.state === 'live' ? [] : fresh(tenantId, signupId, step, signup.updatedAt)),
        ),
        news: news.filter((one) => one.signupId === signupId),
      };
    });
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
