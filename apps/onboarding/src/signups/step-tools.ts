import { Inject, Injectable } from '@nestjs/common';
import { CLOCK, type Clock } from '#libs/clock';
import { loadConfig } from '#libs/config';
import { GraphClient } from '#libs/meta-cloud';
import { Database } from '#libs/persistence';
import { MetaApp, type MetaPartner } from '#libs/provider-settings';
import { Wabas } from '#libs/wabas';
import { NumberStore } from '../numbers/number-store.js';
import { Profiles } from '../numbers/profiles.js';
import type { Outcome } from './outcome.js';
import type { SignupFacts } from './signup.entity.js';
import type { SignupKind } from './signup-steps.js';

/** What the steps work with. */
@Injectable()
export class StepTools {
  private readonly gatewayUrl = loadConfig(['GATEWAY_PUBLIC_URL']).GATEWAY_PUBLIC_URL;

  constructor(
    readonly graph: GraphClient,
    readonly wabas: Wabas,
    readonly db: Database,
    readonly numbers: NumberStore,
    readonly profiles: Profiles,
    private readonly metaApp: MetaApp,
    @Inject(CLOCK) readonly clock: Clock,
  ) {}

  get app(): { id: string; secret: string } {
    return { id: this.metaApp.id, secret: this.metaApp.secret };
  }

  /** Where Meta shall post the webhooks of the WABAs that we connect, and the token of its handshake. */
  get callback(): { url: string; verifyToken: string } {
    return { url: `${this.gatewayUrl}/meta/webhooks`, verifyToken: this.metaApp.verifyToken };
  }

  get partner(): MetaPartner {
    return this.metaApp.partner;
  }
}

/**
 * What a step sees of the signup. `code` and `token` are in clear and go nowhere but to Meta; the token is the dialog's, or
 * the provider's as it is now where that carries out an application.
 */
export interface StepInput {
  tenantId: string;
  signupId: string;
  kind: SignupKind;
  facts: SignupFacts;
  /** How often the step has been tried, this time included. */
  attempts: number;
  /** Keeps facts at once, committed when it returns, for what must be known though the process dies before the step is over. */
  keep: (facts: SignupFacts) => Promise<void>;
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
