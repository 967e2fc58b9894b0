import { randomBytes } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { CLOCK, type Clock } from '#libs/clock';
import { newId } from '#libs/ids';
import type { HealthNode } from '#libs/meta-on-premises';
import { Database, type Tx } from '#libs/persistence';
import { Vault } from '#libs/vault';

/** `active`: the client carries the number. `moving`: nothing is sent. `moved`: the Cloud API carries the number. */
export type ClientState = 'active' | 'moving' | 'moved';

/**
 * `connected`: messages can go out. `disconnected`: it answers, but has no connection to WhatsApp. `refused`: it does not
 * take our password. `unreachable`: no answer. `unknown`: never looked at.
 */
export type ClientHealth = 'unknown' | 'connected' | 'disconnected' | 'refused' | 'unreachable';

/** A number's On-Premises client, with its secrets still sealed. */
export interface ClientRecord {
  tenantId: string;
  phoneNumberId: string;
  state: ClientState;
  stateAt: Date;
  /** Changes with whatever a connection is made of. */
  revision: string;
  url: string;
  userName: string;
  sealedPassword: string;
  caPem: string | null;
  templateNamespace: string | null;
  /** Whether each recipient is to be checked before the first message (clients before v2.39). */
  checkContacts: boolean;
  callbackUrl: string;
  sealedCallbackSecret: string;
  health: ClientHealth;
  nodes: HealthNode[];
  checkedAt: Date | null;
  lastError: string | null;
  lastErrorAt: Date | null;
  createdAt: Date;
  updatedAt: Date;
}

/** What is needed to speak to a client, and how it is to be used. */
export interface ClientWish {
  url: string;
  userName: string;
  password: string;
  caPem: string | null;
  templateNamespace: string | null;
  checkContacts: boolean;
  callbackUrl: string;
}

/** What a look at a client showed; `error` in words for people. */
export interface SeenHealth {
  health: Exclude<ClientHealth, 'unknown'>;
  nodes: HealthNode[];
  error: string | undefined;
}

const COLUMNS = `tenant_id AS "tenantId", phone_number_id AS "phoneNumberId", state, state_at AS "stateAt", revision, url,
  user_name AS "userName", sealed_password AS "sealedPassword", ca_pem AS "caPem",
  template_namespace AS "templateNamespace", check_contacts AS "checkContacts", callback_url AS "callbackUrl",
  sealed_callback_secret AS "sealedCallbackSecret", health, nodes, checked_at AS "checkedAt", last_error AS "lastError",
  last_error_at AS "lastErrorAt", created_at AS "createdAt", updated_at AS "updatedAt"`;

const passwordContext = (phoneNumberId: string) => `on-premises-password:${phoneNumberId}`;
const callbackContext = (phoneNumberId: string) => `on-premises-callback:${phoneNumberId}`;

/** The one writer of `on_premises_clients`: which numbers an On-Premises client carries, and how it was when last seen. */
@Injectable()
export class OnPremisesClients {
  constructor(
    private readonly db: Database,
    private readonly vault: Vault,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async find(tx: Tx, tenantId: string, phoneNumberId: string): Promise<ClientRecord | undefined> {
    const [row]: ClientRecord[] = await tx.query(
      `SELECT ${COLUMNS} FROM on_premises_clients WHERE tenant_id = $1 AND phone_number_id = $2`,
      [tenantId, phoneNumberId],
    );
    return row;
  }

  /** Our ids of the tenant's numbers that a client carries at the moment. */
  async carried(tx: Tx, tenantId: string): Promise<Set<string>> {
    const rows: { id: string }[] = await tx.query(
      `SELECT phone_number_id AS id FROM on_premises_clients WHERE tenant_id = $1 AND state <> 'moved'`,
      [tenantId],
    );
    return new Set(rows.map((r) => r.id));
  }

  /**
   * Sets or replaces the client of a number, which carries it from then on. The secret of its callbacks is made the first
   * time and stays, so that those under way are still taken.
   *
   * @returns undefined while the number is moving: then nothing was changed
   */
  async save(tx: Tx, tenantId: string, phoneNumberId: string, wish: ClientWish): Promise<ClientRecord | undefined> {
    const now = this.clock.now();
    const [row]: ClientRecord[] = await tx.query(
      `INSERT INTO on_premises_clients AS c (tenant_id, phone_number_id, state, state_at, revision, url, user_name,
              sealed_password, ca_pem, template_namespace, check_contacts, callback_url, sealed_callback_secret,
              check_due_at, created_at, updated_at)
       VALUES ($1, $2, 'active', $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $3, $3, $3)
       ON CONFLICT (tenant_id, phone_number_id) DO UPDATE
         SET state = 'active', state_at = CASE c.state WHEN 'active' THEN c.state_at ELSE $3 END,
             revision = excluded.revision, url = excluded.url, user_name = excluded.user_name,
             sealed_password = excluded.sealed_password, ca_pem = excluded.ca_pem,
             template_namespace = excluded.template_namespace, check_contacts = excluded.check_contacts,
             callback_url = excluded.callback_url, health = 'unknown', nodes = '[]', checked_at = NULL,
             last_error = NULL, last_error_at = NULL, check_due_at = $3, updated_at = $3
         WHERE c.state <> 'moving'
       RETURNING ${COLUMNS}`,
      [
        tenantId,
        phoneNumberId,
        now,
        newId(now),
        wish.url,
        wish.userName,
        this.vault.seal(wish.password, passwordContext(phoneNumberId)),
        wish.caPem,
        wish.templateNamespace,
        wish.checkContacts,
        wish.callbackUrl,
        this.vault.seal(randomBytes(32).toString('base64url'), callbackContext(phoneNumberId)),
      ],
    );
    return row;
  }

  /** @returns the record as it is then; undefined when its state was none of `from` */
  async setState(
    tx: Tx,
    { tenantId, phoneNumberId }: Pick<ClientRecord, 'tenantId' | 'phoneNumberId'>,
    from: readonly ClientState[],
    to: ClientState,
  ): Promise<ClientRecord | undefined> {
    const [rows]: [ClientRecord[], number] = await tx.query(
      `UPDATE on_premises_clients SET state = $4, state_at = CASE state WHEN $4 THEN state_at ELSE $5 END, updated_at = $5
        WHERE tenant_id = $1 AND phone_number_id = $2 AND state = ANY ($3::text[]) RETURNING ${COLUMNS}`,
      [tenantId, phoneNumberId, from, to, this.clock.now()],
    );
    return rows[0];
  }

  /** @returns the state it was in; undefined where there was none, or the number is moving */
  async remove(tx: Tx, tenantId: string, phoneNumberId: string): Promise<ClientState | undefined> {
    const [rows]: [{ state: ClientState }[], number] = await tx.query(
      `DELETE FROM on_premises_clients WHERE tenant_id = $1 AND phone_number_id = $2 AND state <> 'moving' RETURNING state`,
      [tenantId, phoneNumberId],
    );
    return rows[0]?.state;
  }

  /** Clients of all tenants that are to be looked at. */
  async toCheck(now: Date): Promise<{ tenantId: string; phoneNumberId: string }[]> {
    return this.db.query(
      `SELECT tenant_id AS "tenantId", phone_number_id AS "phoneNumberId" FROM door_on_premises_clients_to_check($1)`,
      [now],
    );
  }

  /** Takes a look upon oneself; @returns undefined when another process has, or there is nothing to look at any more */
  async claimCheck(tenantId: string, phoneNumberId: string, now: Date, next: Date): Promise<ClientRecord | undefined> {
    const [rows]: [ClientRecord[], number] = await this.db.inTenant(tenantId, (tx) =>
      tx.query(
        `UPDATE on_premises_clients SET check_due_at = $4
          WHERE tenant_id = $1 AND phone_number_id = $2 AND check_due_at <= $3 AND state <> 'moved' RETURNING ${COLUMNS}`,
        [tenantId, phoneNumberId, now, next],
      ),
    );
    return rows[0];
  }

  /**
   * Keeps what a look showed. The last error stays for people to read.
   *
   * @returns false where the client was changed, moved or removed meanwhile: then nothing of it is true any more
   */
  async noteHealth(tx: Tx, record: ClientRecord, { health, nodes, error }: SeenHealth): Promise<boolean> {
    const [, count]: [unknown, number] = await tx.query(
      `UPDATE on_premises_clients SET health = $4, nodes = $5, checked_at = $6, last_error = coalesce($7, last_error),
              last_error_at = CASE WHEN $7::text IS NULL THEN last_error_at ELSE $6 END
        WHERE tenant_id = $1 AND phone_number_id = $2 AND revision = $3 AND state <> 'moved'`,
      [
        record.tenantId,
        record.phoneNumberId,
        record.revision,
        health,
        JSON.stringify(nodes),
        this.clock.now(),
        error?.replaceAll('\0', '\ufffd').slice(0, 500) ?? null,
      ],
    );
    return count > 0;
  }

  /** How many clients are in which state and health; for the metrics. */
  async counts(): Promise<{ state: ClientState; health: ClientHealth; clients: number }[]> {
    return this.db.query('SELECT state, health, clients::integer FROM door_on_premises_health()');
  }

  passwordOf({ sealedPassword, phoneNumberId }: ClientRecord): string {
    return this.vault.open(sealedPassword, passwordContext(phoneNumberId));
  }

  /** The secret that callbacks of the client must bring. */
  callbackSecretOf({ sealedCallbackSecret, phoneNumberId }: ClientRecord): string {
    return this.vault.open(sealedCallbackSecret, callbackContext(phoneNumberId));
  }

  /** Where the client is to post, with the secret: as a query parameter, because logs leave `token` out. */
  callbackAddressOf(record: ClientRecord): string {
    return `${record.callbackUrl}?token=${this.callbackSecretOf(record)}`;
  }
}
