import { Inject, Injectable } from '@nestjs/common';
import { CLOCK, type Clock } from '#libs/clock';
import type { Tx } from '#libs/persistence';
import { DEFAULT_SETTINGS, type InboxSettings } from './settings.js';

/** The one writer of how inboxes work. */
@Injectable()
export class KeepSettings {
  constructor(@Inject(CLOCK) private readonly clock: Clock) {}

  async of(tx: Tx, tenantId: string): Promise<InboxSettings> {
    const [row]: { settings: InboxSettings }[] = await tx.query(
      'SELECT settings FROM inbox_settings WHERE tenant_id = $1',
      [tenantId],
    );
    return { ...DEFAULT_SETTINGS, ...row?.settings };
  }

  async put(tx: Tx, tenantId: string, settings: InboxSettings): Promise<void> {
    await tx.query(
      `INSERT INTO inbox_settings (tenant_id, settings, updated_at) VALUES ($1, $2, $3)
       ON CONFLICT (tenant_id) DO UPDATE SET settings = excluded.settings, updated_at = excluded.updated_at`,
      [tenantId, JSON.stringify(settings), this.clock.now()],
    );
  }
}
