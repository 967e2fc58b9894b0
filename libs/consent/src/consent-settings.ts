import { Inject, Injectable } from '@nestjs/common';
import { CLOCK, type Clock } from '#libs/clock';
import type { Tx } from '#libs/persistence';
import type { Purpose } from './consent-record.js';

/** A tenant's own rules of consent. */
export interface ConsentRules {
  /** Purposes for which silence is no consent: only who has granted it may be written to. */
  optInFor: Purpose[];
  /** Words beside the common ones by which its customers opt out, and back in. */
  stopWords: string[];
  startWords: string[];
}

/** Those of a tenant that never set any: who has not opted out may be written to, as with Meta itself. */
const COMMON: ConsentRules = { optInFor: [], stopWords: [], startWords: [] };

/** The one writer of tenants' own rules of consent. */
@Injectable()
export class ConsentSettings {
  constructor(@Inject(CLOCK) private readonly clock: Clock) {}

  async of(tx: Tx, tenantId: string): Promise<ConsentRules> {
    const [rules]: ConsentRules[] = await tx.query(
      `SELECT opt_in_for AS "optInFor", stop_words AS "stopWords", start_words AS "startWords" FROM consent_settings
        WHERE tenant_id = $1`,
      [tenantId],
    );
    return rules ?? COMMON;
  }

  async set(tx: Tx, tenantId: string, { optInFor, stopWords, startWords }: ConsentRules): Promise<void> {
    await tx.query(
      `INSERT INTO consent_settings (tenant_id, opt_in_for, stop_words, start_words, updated_at)
       VALUES ($1, $2, $3, $4, $5)
       ON CONFLICT (tenant_id) DO UPDATE SET opt_in_for = excluded.opt_in_for, stop_words = excluded.stop_words,
         start_words = excluded.start_words, updated_at = excluded.updated_at`,
      [tenantId, optInFor, stopWords, startWords, this.clock.now()],
    );
  }
}
