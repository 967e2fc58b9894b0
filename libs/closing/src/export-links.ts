import { Inject, Injectable } from '@nestjs/common';
import { CLOCK, type Clock } from '#libs/clock';
import { Vault } from '#libs/vault';

/** A download that has begun may last longer. */
const LIVES_MS = 3_600_000;
const CONTEXT = 'tenant-export';

/** Where the gateway serves an export; logs leave out what is named `token`. */
export const exportUrl = (gateway: string, ticket: string): string =>
  `${gateway}/api/v1/exports/file?token=${encodeURIComponent(ticket)}`;

/** Tickets with which an export is fetched by a browser or a program that has no session: sealed, good for an hour. */
@Injectable()
export class ExportLinks {
  constructor(
    private readonly vault: Vault,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  make(tenantId: string): { ticket: string; expiresAt: Date } {
    const expiresAt = new Date(this.clock.now().getTime() + LIVES_MS);
    return { ticket: this.vault.seal(JSON.stringify({ tenantId, until: expiresAt.getTime() }), CONTEXT), expiresAt };
  }

  /** @returns whose export it opens; undefined for a ticket that is none of ours or has expired */
  read(ticket: string): string | undefined {
    try {
      const { tenantId, until } = JSON.parse(this.vault.open(ticket, CONTEXT)) as { tenantId: string; until: number };
      return until > this.clock.now().getTime() ? tenantId : undefined;
    } catch {
      return undefined;
    }
  }
}
