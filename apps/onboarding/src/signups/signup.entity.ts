import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { CauseCode } from './causes.js';
import type { SignupState } from './signup-state.js';
import type { SignupKind, StepName, StepState } from './signup-steps.js';

/** What is known of a signup; never a secret. Ids are Meta's. */
export interface SignupFacts {
  wabaId?: string;
  phoneNumberId?: string;
  businessId?: string;
  displayPhoneNumber?: string;
  /** The number stays in the WhatsApp Business app too, so it must not be registered. */
  coexistence?: boolean;
  /** The dialog was finished for a number of the WhatsApp Business app, which it does not name. */
  byApp?: true;
  /** The number that it would be about, was it finished for one of the app, seen before any of them was saved here. */
  numberOfApp?: string | undefined;
  /** What the event named that came when another account or number was live already, from the code alone. */
  namedLate?: { wabaId?: string; phoneNumberId?: string; byApp?: true } | undefined;
  /** What Graph said of the WABA. */
  waba?: { name: string; currency: string; timezone: string; timezoneId: string; messagingLimit: string };
  /** Who pays Meta for the WABA. */
  funding?: 'credit-line' | 'own';
  /** Meta's id of the share of our credit line that the WABA has. */
  allocationId?: string;
  /** The WABA with which we asked Meta to share our credit line, from before it is asked unless it plainly refused. */
  lineAskedFor?: string;
  /** The application that this signup carries out (classic). */
  applicationId?: string;
  /** What the number is to be called, and its digits, where the provider adds it (classic). */
  wanted?: { phone: string; displayName: string };
  /** SHA-256 of the last code, so that a repeated request is recognised. */
  codeHash?: string;
  /** The dialog was left: on which screen, or with which reported error. */
  left?: { at: string; step?: string; reported?: { message: string; errorId?: string; sessionId?: string } };
}

/** What became of the last attempt of a step. */
export interface Said {
  cause?: CauseCode;
  /** Meta's refusal as it came, without secrets, and what the catalogue says about it. */
  meta?: {
    http_status: number;
    code: number;
    subcode?: number;
    message: string;
    details?: string;
    title: string;
    advice: string;
  };
  /** Something worth knowing that is no failure. */
  note?: string;
}

@Entity('signups')
export class Signup {
  @PrimaryColumn('uuid', { name: 'tenant_id' }) tenantId: string;
  @PrimaryColumn('uuid', { name: 'signup_id' }) signupId: string;
  @Column('text') kind: SignupKind;
  @Column('text') state: SignupState;
  @Column('jsonb') facts: SignupFacts;
  @Column('text', { name: 'sealed_code', nullable: true }) sealedCode: string | null;
  @Column('timestamptz', { name: 'code_at', nullable: true }) codeAt: Date | null;
  @Column('text', { name: 'sealed_token', nullable: true }) sealedToken: string | null;
  /** Grows whenever steps are begun anew; what a step of an earlier round brings back is not recorded. */
  @Column('integer') round: number;
  @Column('timestamptz', { name: 'retry_at', nullable: true }) retryAt: Date | null;
  @Column('timestamptz', { name: 'created_at' }) createdAt: Date;
  @Column('timestamptz', { name: 'updated_at' }) updatedAt: Date;
}

@Entity('signup_steps')
export class SignupStep {
  @PrimaryColumn('uuid', { name: 'tenant_id' }) tenantId: string;
  @PrimaryColumn('uuid', { name: 'signup_id' }) signupId: string;
  @PrimaryColumn('text') step: StepName;
  @Column('text') state: StepState;
  @Column('smallint') attempts: number;
  @Column('jsonb', { nullable: true }) said: Said | null;
  @Column('timestamptz', { name: 'updated_at' }) updatedAt: Date;
}

/** An account webhook that was taken note of; without a signup it was nobody's. */
@Entity('signup_news')
export class SignupNews {
  @PrimaryColumn('uuid', { name: 'tenant_id' }) tenantId: string;
  @PrimaryColumn('uuid', { name: 'event_id' }) eventId: string;
  @Column('uuid', { name: 'signup_id', nullable: true }) signupId: string | null;
  @Column('text') told: string;
  @Column('timestamptz') at: Date;
}
