import { Inject, Injectable } from '@nestjs/common';
import { CLOCK, type Clock } from '#libs/clock';
import { Vault } from '#libs/vault';

/** A download that has begun may last longer. */
const LIVES_MS = 3_600_000;
const CONTEXT = 'tenant-export';

type Held = { tenantId: string; sessionId?: string | undefined; apiKeyId?: string | undefined; until: number };

/** Where the gateway serves an export; logs leave out what is named `token`. */
export const exportUrl = (gateway: string, ticket: string): string =>
  `${gateway}/api/v1/exports/file?token=${encodeURIComponent(ticket)}`;

/** The session or the API key that a ticket was made by; neither where staff made it. */
export interface MadeBy {
  sessionId?: string;
  apiKeyId?: string;
}

/**
 * Tickets with which an export is fetched by a browser or a program that has no session: sealed, good for an hour. Whoever
 * serves it asks whether the session or key that made it still lives.
 */
@Injectable()
export class ExportLinks {
  constructor(
    private readonly vault: Vault,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  make(tenantId: string, { sessionId, apiKeyId }: MadeBy = {}): { ticket: string; expiresAt: Date } {
    const expiresAt = new Date(this.clock.now().getTime() + LIVES_MS);
    const held: Held = { tenantId, sessionId, apiKeyId, until: expiresAt.getTime() };
    return { ticket: this.vault.seal(JSON.stringify(held), CONTEXT), expiresAt };
  }

  /** @returns whose export it opens, and by whom it was made; undefined for a ticket that is none of ours or has expired */
  read(ticket: string): ({ tenantId: string } & MadeBy) | undefined {
    try {
      const { until, ...held }: Held = JSON.parse(this.vault.open(ticket, CONTEXT));
      return until > this.clock.now().getTime() ? held : undefined;
    } catch {
      return undefined;
    }
  }
}
