import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { CLOCK, type Clock } from '#libs/clock';
import { Database, PROVIDER_TENANT } from '#libs/persistence';
import { Periodic } from '#libs/queues';
import { Vault } from '#libs/vault';
import { accepted, type SecretKind } from './secrets.js';
import type { SettingValues } from './setting-values.js';

/** So long a process may go on with what was changed elsewhere. */
const LOOK_EVERY_MS = 2_000;

interface Row {
  revision: string;
  settings: { tenantId: string; name: string; value: unknown }[];
  secrets: { secretId: string; kind: SecretKind; sealed: string; previousUntil: string }[];
}
interface HeldSecret {
  kind: SecretKind;
  previousUntil: Date;
  /** Opened when it is first asked for: a process that needs none of them needs no key for them. */
  open: () => string;
}

/** What a secret is sealed for. */
export const secretContext = (secretId: string): string => `provider-secret:${secretId}`;

/**
 * What staff changed, as this process knows it: read before it serves, then asked for every two seconds, which costs one small
 * row while nothing changed. Without the database it goes on with what it knows.
 */
@Injectable()
export class LiveSettings implements OnModuleInit {
  private revision = '0';
  private settings: ReadonlyMap<string, unknown> = new Map();
  private secrets: readonly HeldSecret[] = [];

  constructor(
    private readonly db: Database,
    private readonly vault: Vault,
    private readonly periodic: Periodic,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async onModuleInit(): Promise<void> {
    await this.look();
    this.periodic.every('settings of the provider', LOOK_EVERY_MS, () => this.look());
  }

  /** @returns undefined where nobody changed it */
  of<N extends keyof SettingValues>(name: N): SettingValues[N] | undefined {
    return this.at(PROVIDER_TENANT, name) as SettingValues[N] | undefined;
  }

  /** What was changed under a name that is made of parts, such as one letter's words or one tenant's switch. */
  at(tenantId: string, name: string): unknown {
    return this.settings.get(keyOf(tenantId, name));
  }

  /** Secrets that count now, the current one first, and whether those of the environment do still. */
  secretsOf(kind: SecretKind): { texts: readonly string[]; environment: boolean } {
    const ofKind = this.secrets.filter((secret) => secret.kind === kind);
    const { rows, environment } = accepted(ofKind, this.clock.now());
    return { texts: ofKind.slice(0, rows).map((secret) => secret.open()), environment };
  }

  /** Looks for changes; the admin app does after its own, so that its next answer shows them. */
  async look(): Promise<void> {
    const [row] = await this.db.query<Row>('SELECT revision, settings, secrets FROM door_provider_settings($1)', [
      this.revision,
    ]);
    if (!row) return;
    this.secrets = row.secrets.map(({ secretId, kind, sealed, previousUntil }) => ({
      kind,
      previousUntil: new Date(previousUntil),
      open: once(() => this.vault.open(sealed, secretContext(secretId))),
    }));
    this.settings = new Map(row.settings.map(({ tenantId, name, value }) => [keyOf(tenantId, name), value]));
    this.revision = row.revision;
  }
}

function once(work: () => string): () => string {
  let done: string | undefined;
  return () => {
    done ??= work();
    return done;
  };
}

const keyOf = (tenantId: string, name: string): string => `${tenantId} ${name}`;
