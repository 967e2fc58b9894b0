import { Injectable } from '@nestjs/common';
import { configured } from '#libs/config';
import { LiveSettings } from './live-settings.js';
import type { SecretKind } from './secrets.js';

/** The provider itself at Meta: a solution partner has a credit line, a tech provider has none. */
export interface MetaPartner {
  readonly token: string | undefined;
  readonly userId: string | undefined;
  readonly creditLineId: string | undefined;
  readonly businessId: string | undefined;
}

/** The provider's app at Meta and its secrets, as they are now. Ask each time; keep nothing of it. */
@Injectable()
export class MetaApp {
  private readonly environment = {
    id: configured('META_APP_ID'),
    signupConfigId: configured('META_SIGNUP_CONFIG_ID'),
    userId: configured('META_SYSTEM_USER_ID'),
    businessId: configured('META_BUSINESS_ID'),
    creditLineId: configured('META_CREDIT_LINE_ID'),
    secrets: {
      app_secret: configured('META_APP_SECRETS') ?? [],
      verify_token: [configured('META_VERIFY_TOKEN') ?? ''].filter(Boolean),
      system_user_token: [configured('META_SYSTEM_USER_TOKEN') ?? ''].filter(Boolean),
    } satisfies Record<SecretKind, readonly string[]>,
  };

  constructor(private readonly live: LiveSettings) {}

  get id(): string {
    return present(this.live.of('meta-app')?.app_id ?? this.environment.id, 'META_APP_ID');
  }

  /** Whether what Meta tells of an app is about the app of a WABA's other partner. @param appId absent where it names none */
  isAnother(appId: string | undefined): boolean {
    return appId !== undefined && appId !== this.id;
  }

  get signupConfigId(): string {
    const changed = this.live.of('meta-app')?.signup_config_id;
    return present(changed ?? this.environment.signupConfigId, 'META_SIGNUP_CONFIG_ID');
  }

  /** With which we prove that we are the app. */
  get secret(): string {
    return present(this.appSecrets[0], 'META_APP_SECRETS');
  }

  /** With any of which Meta may have signed a webhook, the current one first. */
  get appSecrets(): readonly string[] {
    return this.accepted('app_secret');
  }

  /** That Meta is told of new addresses. */
  get verifyToken(): string {
    return present(this.verifyTokens[0], 'META_VERIFY_TOKEN');
  }

  /** Any of which Meta may show in its handshake. */
  get verifyTokens(): readonly string[] {
    return this.accepted('verify_token');
  }

  get partner(): MetaPartner {
    const changed = this.live.of('meta-app');
    return {
      token: this.accepted('system_user_token')[0] || undefined,
      userId: (changed?.system_user_id ?? this.environment.userId) || undefined,
      businessId: (changed?.business_id ?? this.environment.businessId) || undefined,
      creditLineId: (changed?.credit_line_id ?? this.environment.creditLineId) || undefined,
    };
  }

  private accepted(kind: SecretKind): readonly string[] {
    const { texts, environment } = this.live.secretsOf(kind);
    return environment ? [...texts, ...this.environment.secrets[kind]] : texts;
  }
}

function present<T>(value: T | undefined, variable: string): T {
  if (value === undefined) throw new Error(`this process was not given ${variable}`);
  return value;
}
