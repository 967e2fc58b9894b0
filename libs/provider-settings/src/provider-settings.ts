import { createHash } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { CLOCK, type Clock } from '#libs/clock';
import { newId } from '#libs/ids';
import { PROVIDER_TENANT, type Tx } from '#libs/persistence';
import { Vault } from '#libs/vault';
import { secretContext } from './live-settings.js';
import { accepted, type SecretKind } from './secrets.js';

/** A secret as staff see it: never what it is. */
export interface ShownSecret {
  id: string;
  kind: SecretKind;
  /** The first 8 hexadecimals of its SHA-256, to tell two apart. */
  fingerprint: string;
  since: Date;
  /** Until when what it replaced is accepted as well. */
  previousUntil: Date;
  /** Whether it counts now. */
  accepted: boolean;
}

/** How a secret is named where it is not shown. */
export const fingerprintOf = (secret: string): string => createHash('sha256').update(secret).digest('hex').slice(0, 8);

/** The one writer of provider_settings and provider_secrets; as staff, in the transaction of the audit entry. */
@Injectable()
export class ProviderSettings {
  constructor(
    private readonly vault: Vault,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** In the scope of the tenant. @returns undefined where nobody changed it */
  async find<Value>(tx: Tx, tenantId: string, name: string): Promise<Value | undefined> {
    const [row]: { value: Value }[] = await tx.query(
      'SELECT value FROM provider_settings WHERE tenant_id = $1 AND name = $2',
      [tenantId, name],
    );
    return row?.value;
  }

  /** Tenants with a value of their own under a name; as staff. */
  async ofTenants<Value>(tx: Tx, name: string): Promise<{ tenantId: string; value: Value }[]> {
    return tx.query(
      `SELECT tenant_id AS "tenantId", value FROM provider_settings WHERE name = $1 AND tenant_id <> $2 ORDER BY tenant_id`,
      [name, PROVIDER_TENANT],
    );
  }

  /** In the scope of the tenant. @param value undefined: as it was before anybody changed it */
  async save(tx: Tx, tenantId: string, name: string, value: object | undefined): Promise<void> {
    if (value === undefined) {
      await tx.query('DELETE FROM provider_settings WHERE tenant_id = $1 AND name = $2', [tenantId, name]);
      return;
    }
    await tx.query(
      `INSERT INTO provider_settings (tenant_id, name, value, changed_at) VALUES ($1, $2, $3, $4)
       ON CONFLICT (tenant_id, name) DO UPDATE SET value = excluded.value, changed_at = excluded.changed_at`,
      [tenantId, name, JSON.stringify(value), this.clock.now()],
    );
  }

  /**
   * Has every process read anew what the transaction commits; in the provider's scope, before anything is changed: whoever
   * changes something at the same time waits here, and then sees it.
   */
  async proclaim(tx: Tx): Promise<void> {
    await tx.query('UPDATE provider_settings_head SET revision = revision + 1 WHERE tenant_id = $1', [PROVIDER_TENANT]);
  }

  /** Newest first, by kind; in the provider's scope. */
  async secrets(tx: Tx): Promise<ShownSecret[]> {
    const rows: Omit<ShownSecret, 'accepted'>[] = await tx.query(
      `SELECT secret_id AS id, kind, fingerprint, created_at AS since, previous_until AS "previousUntil"
         FROM provider_secrets WHERE tenant_id = $1 ORDER BY kind, secret_id DESC`,
      [PROVIDER_TENANT],
    );
    const now = this.clock.now();
    return rows.map((row) => {
      const ofKind = rows.filter((other) => other.kind === row.kind);
      return { ...row, accepted: ofKind.indexOf(row) < accepted(ofKind, now).rows };
    });
  }

  /**
   * Makes a secret the current one of its kind, in the provider's scope, and forgets those that no longer count.
   *
   * @param previousUntil until when what it replaces is accepted as well
   */
  async replaceSecret(tx: Tx, kind: SecretKind, secret: string, previousUntil: Date): Promise<void> {
    await this.forgetSecrets(tx, kind);
    const now = this.clock.now();
    const secretId = newId(now);
    await tx.query(
      `INSERT INTO provider_secrets (tenant_id, secret_id, kind, sealed, fingerprint, previous_until, created_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7)`,
      [
        PROVIDER_TENANT,
        secretId,
        kind,
        this.vault.seal(secret, secretContext(secretId)),
        fingerprintOf(secret),
        previousUntil,
        now,
      ],
    );
  }

  /** From now on the current one alone counts; in the provider's scope. @returns false where there is none but the environment's */
  async endOverlap(tx: Tx, kind: SecretKind): Promise<boolean> {
    const [, ended] = await tx.query(
      `UPDATE provider_secrets SET previous_until = least(previous_until, $3) WHERE tenant_id = $1 AND kind = $2`,
      [PROVIDER_TENANT, kind, this.clock.now()],
    );
    await this.forgetSecrets(tx, kind);
    return ended > 0;
  }

  private async forgetSecrets(tx: Tx, kind: SecretKind): Promise<void> {
    const gone = (await this.secrets(tx)).filter((secret) => secret.kind === kind && !secret.accepted);
    await tx.query('DELETE FROM provider_secrets WHERE tenant_id = $1 AND secret_id = ANY ($2)', [
      PROVIDER_TENANT,
      gone.map((secret) => secret.id),
    ]);
  }
}
