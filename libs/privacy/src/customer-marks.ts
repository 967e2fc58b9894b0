import { createHmac, randomBytes } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { CLOCK, type Clock } from '#libs/clock';
import { Database, type Tx } from '#libs/persistence';
import { lineOf } from '#libs/phone-numbers';
import { Vault } from '#libs/vault';

/** What a key belongs to, for the vault. */
export const markContext = (tenantId: string): string => `customer-marks:${tenantId}`;

/**
 * Names a customer in a way that says nothing about who they are, yet is the same each time: a keyed hash of their line.
 * There are so few phone numbers that a plain hash is undone by trying them all; the key is sealed, so whoever holds the
 * database alone cannot try. Each tenant has its own key, made when it is first asked for and never another.
 */
@Injectable()
export class CustomerMarks {
  private readonly keys = new Map<string, Promise<Buffer>>();

  constructor(
    private readonly db: Database,
    private readonly vault: Vault,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /**
   * @param customer digits of a number in any of its forms, or a business-scoped user id
   * @returns the same text each time for the same customer of the tenant
   */
  async of(tenantId: string, customer: string): Promise<string> {
    return markUnder(await this.keyOf(tenantId), customer);
  }

  /**
   * The same for many in a transaction of the tenant's, without another connection.
   *
   * @returns null for each while the tenant has no key: then nobody was forgotten yet
   */
  async ofAll(tx: Tx, tenantId: string, customers: readonly string[]): Promise<(string | null)[]> {
    const known = this.keys.get(tenantId);
    const sealed = known ? undefined : await sealedKey(tx, tenantId);
    if (!known && sealed === undefined) return customers.map(() => null);
    const key = await (known ?? this.open(tenantId, sealed ?? ''));
    return customers.map((customer) => markUnder(key, customer));
  }

  private keyOf(tenantId: string): Promise<Buffer> {
    let key = this.keys.get(tenantId);
    if (!key) {
      key = this.load(tenantId);
      this.keys.set(tenantId, key);
      key.catch(() => this.keys.delete(tenantId));
    }
    return key;
  }

  private load(tenantId: string): Promise<Buffer> {
    return this.db.inTenant(tenantId, async (tx) => {
      if ((await sealedKey(tx, tenantId)) === undefined) {
        await tx.query(
          'INSERT INTO customer_marks (tenant_id, sealed_key, created_at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING',
          [tenantId, this.vault.seal(randomBytes(32).toString('base64'), markContext(tenantId)), this.clock.now()],
        );
      }
      // Somebody else's, where two were first at once.
      return this.open(tenantId, (await sealedKey(tx, tenantId)) ?? '');
    });
  }

  private async open(tenantId: string, sealed: string): Promise<Buffer> {
    return Buffer.from(this.vault.open(sealed, markContext(tenantId)), 'base64');
  }
}

const sealedKey = async (tx: Tx, tenantId: string): Promise<string | undefined> =>
  (await tx.query('SELECT sealed_key FROM customer_marks WHERE tenant_id = $1', [tenantId]))[0]?.sealed_key;

const markUnder = (key: Buffer, customer: string): string =>
  `forgotten:${createHmac('sha256', key).update(lineOf(customer)).digest('base64url')}`;
