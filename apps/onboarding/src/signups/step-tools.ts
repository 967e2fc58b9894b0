import { Inject, Injectable } from '@nestjs/common';
import { CLOCK, type Clock } from '#libs/clock';
import { loadConfig } from '#libs/config';
import { GraphClient } from '#libs/meta-cloud';
import { Database } from '#libs/persistence';
import { Wabas } from '#libs/wabas';
import { Profiles } from '../numbers/profiles.js';
import type { Outcome } from './outcome.js';
import type { SignupFacts } from './signup.entity.js';

/** What the steps work with. */
@Injectable()
export class StepTools {
  readonly app: { id: string; secret: string };
  /** Where Meta shall post the webhooks of the WABAs that we connect, and the token of its handshake. */
  readonly callback: { url: string; verifyToken: string };

  /** The provider itself at Meta: a solution partner has a credit line, a tech provider has none. */
  readonly partner: {
    token: string | undefined;
    userId: string | undefined;
    creditLineId: string | undefined;
    businessId: string | undefined;
  };

  constructor(
    readonly graph: GraphClient,
    readonly wabas: Wabas,
    readonly db: Database,
    readonly profiles: Profiles,
    @Inject(CLOCK) readonly clock: Clock,
  ) {
    const config = loadConfig([
      'META_APP_ID',
      'META_APP_SECRETS',
      'META_VERIFY_TOKEN',
      'GATEWAY_PUBLIC_URL',
      'META_SYSTEM_USER_TOKEN',
      'META_SYSTEM_USER_ID',
      'META_CREDIT_LINE_ID',
      'META_BUSINESS_ID',
    ]);
    this.app = { id: config.META_APP_ID, secret: config.META_APP_SECRETS[0] as string };
    this.callback = { url: `${config.GATEWAY_PUBLIC_URL}/meta/webhooks`, verifyToken: config.META_VERIFY_TOKEN };
    this.partner = {
      token: config.META_SYSTEM_USER_TOKEN || undefined,
      userId: config.META_SYSTEM_USER_ID || undefined,
      creditLineId: config.META_CREDIT_LINE_ID || undefined,
      businessId: config.META_BUSINESS_ID || undefined,
    };
  }
}

/** What a step sees of the signup. `code` and `token` are in clear and go nowhere but to Meta. */
export interface StepInput {
  tenantId: string;
  signupId: string;
  facts: SignupFacts;
  code?: string;
  codeAt?: Date;
  token?: string;
}

/** One attempt of a step. It may be made again at any time. Refusals of Meta may be thrown as they are. */
export type DoStep = (at: StepInput, tools: StepTools) => Promise<Outcome>;

/** Present because the step's row says that it needs it. */
export function needed<T>(value: T | undefined, name: string): T {
  if (value === undefined) throw new Error(`the step began without ${name}`);
  return value;
}
