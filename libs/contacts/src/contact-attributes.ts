import { Inject, Injectable } from '@nestjs/common';
import { CLOCK, type Clock } from '#libs/clock';
import type { Tx } from '#libs/persistence';
import type { AttributeType, AttributeTypes } from './attribute-values.js';

export interface ContactAttribute {
  key: string;
  type: AttributeType;
  label: string | null;
}

/** What a merchant keeps of its customers; the one writer of those definitions. */
@Injectable()
export class ContactAttributes {
  constructor(@Inject(CLOCK) private readonly clock: Clock) {}

  async list(tx: Tx, tenantId: string): Promise<ContactAttribute[]> {
    return tx.query('SELECT key, type, label FROM contact_attributes WHERE tenant_id = $1 ORDER BY key', [tenantId]);
  }

  async types(tx: Tx, tenantId: string): Promise<AttributeTypes> {
    return new Map((await this.list(tx, tenantId)).map(({ key, type }) => [key, type]));
  }

  /** Defines an attribute, or labels it anew. @returns false when there is one of this key and of another type */
  async define(tx: Tx, tenantId: string, { key, type, label }: ContactAttribute): Promise<boolean> {
    const rows: unknown[] = await tx.query(
      `INSERT INTO contact_attributes AS a (tenant_id, key, type, label, created_at) VALUES ($1, $2, $3, $4, $5)
       ON CONFLICT (tenant_id, key) DO UPDATE SET label = excluded.label WHERE a.type = excluded.type RETURNING 1`,
      [tenantId, key, type, label, this.clock.now()],
    );
    return rows.length > 0;
  }

  /** Forgets an attribute with all its values. @returns false when there is none */
  async forget(tx: Tx, tenantId: string, key: string): Promise<boolean> {
    const [, count] = await tx.query('DELETE FROM contact_attributes WHERE tenant_id = $1 AND key = $2', [
      tenantId,
      key,
    ]);
    if (count > 0) {
      await tx.query('UPDATE contacts SET attributes = attributes - $2 WHERE tenant_id = $1 AND attributes ? $2', [
        tenantId,
        key,
      ]);
    }
    return count > 0;
  }
}
