import { Inject, Injectable } from '@nestjs/common';
import { CLOCK, type Clock } from '#libs/clock';
import { configured } from '#libs/config';
import { Refusal } from '#libs/http';
import { Database, PROVIDER_TENANT } from '#libs/persistence';
import { fingerprintOf, LiveSettings, ProviderSettings, SECRET_KINDS, type SecretKind } from '#libs/provider-settings';
import { type Change, ChangeSetting } from './change-setting.js';
import type { SecretResponse } from './meta-app.response.js';

const KINDS = Object.keys(SECRET_KINDS) as SecretKind[];
const HOUR_MS = 3_600_000;

/** Secrets of the provider's app at Meta, as staff see and rotate them. */
@Injectable()
export class MetaSecrets {
  /** The admin app needs none of them; it names those that it was given. */
  private readonly environment: Readonly<Record<SecretKind, readonly string[]>> = {
    app_secret: configured('META_APP_SECRETS') ?? [''],
    verify_token: [configured('META_VERIFY_TOKEN') ?? ''],
    system_user_token: [configured('META_SYSTEM_USER_TOKEN') ?? ''],
  };

  constructor(
    private readonly db: Database,
    private readonly settings: ProviderSettings,
    private readonly live: LiveSettings,
    private readonly change: ChangeSetting,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** Those that count now, by kind, the current one first. */
  async all(): Promise<SecretResponse[]> {
    const held = await this.db.inTenant(PROVIDER_TENANT, (tx) => this.settings.secrets(tx));
    return KINDS.flatMap((kind) => {
      const { means } = SECRET_KINDS[kind];
      const changed = held
        .filter((secret) => secret.kind === kind && secret.accepted)
        .map(({ fingerprint, since, previousUntil }) => ({
          from: 'staff' as const,
          fingerprint,
          since,
          overlap_until: previousUntil,
        }));
      const given = this.live.secretsOf(kind).environment ? this.environment[kind] : [];
      const fromEnvironment = given.map((secret) => ({
        from: 'environment' as const,
        fingerprint: secret ? fingerprintOf(secret) : null,
        since: null,
        overlap_until: null,
      }));
      return [...changed, ...fromEnvironment].map((secret, i) => ({ kind, means, current: i === 0, ...secret }));
    });
  }

  /** @throws Refusal 409 when it is the current one already */
  async rotate(kind: SecretKind, secret: string, overlapHours: number, change: Change): Promise<void> {
    const until = new Date(this.clock.now().getTime() + overlapHours * HOUR_MS);
    const fingerprint = fingerprintOf(secret);
    await this.change.secret(`meta.${kind}`, 'secret.rotate', change, async (tx) => {
      const current = (await this.settings.secrets(tx)).find((held) => held.kind === kind);
      if (current?.fingerprint === fingerprint) throw Refusal.conflict('This one is the current one already.');
      await this.settings.replaceSecret(tx, kind, secret, until);
      return {
        ...(current ? { before: { fingerprint: current.fingerprint } } : {}),
        after: { fingerprint, overlap_until: until },
      };
    });
  }

  /** @throws Refusal 409 where nobody rotated it: then there is no overlap */
  async endOverlap(kind: SecretKind, change: Change): Promise<void> {
    await this.change.secret(`meta.${kind}`, 'secret.end-overlap', change, async (tx) => {
      if (!(await this.settings.endOverlap(tx, kind))) {
        throw Refusal.conflict('Only the secret of the environment counts, which is changed there.');
      }
      return {};
    });
  }
}
