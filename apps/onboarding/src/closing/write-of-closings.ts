import { Inject, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import type { Logger } from 'pino';
import { Applications } from '#libs/applications';
import { Closings } from '#libs/closing';
import { loadConfig } from '#libs/config';
import { LOGGER } from '#libs/observability';
import { Database } from '#libs/persistence';
import { Periodic } from '#libs/queues';
import { People, Tenants } from '#libs/tenants';
import { WriteLetter } from '../mail/write-letter.js';
import { type Language, languageOfCountry } from '../signups/texts/language.js';

const EVERY_MS = 5_000;

/** Writes to the owners of a tenant that its closing began, until when they can take everything along, and that it was undone. */
@Injectable()
export class WriteOfClosings implements OnApplicationBootstrap {
  private readonly exports = `${loadConfig(['GATEWAY_PUBLIC_URL']).GATEWAY_PUBLIC_URL}/api/v1/exports`;

  constructor(
    private readonly db: Database,
    private readonly closings: Closings,
    private readonly tenants: Tenants,
    private readonly people: People,
    private readonly applications: Applications,
    private readonly letter: WriteLetter,
    private readonly periodic: Periodic,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  onApplicationBootstrap(): void {
    this.periodic.every('letters about closings', EVERY_MS, () => this.look());
  }

  async look(): Promise<void> {
    for (const { tenantId, closingId } of await this.closings.toWriteOf()) {
      await this.write(tenantId, closingId).catch((error) =>
        this.logger.error({ err: error, tenantId, closingId }, 'owners could not be written to'),
      );
    }
  }

  /** In one transaction with the mark that it is done, so once. To addresses that are proven, as nobody else need hear of it. */
  private async write(tenantId: string, closingId: string): Promise<void> {
    const owners = (await this.people.list(tenantId)).filter((p) => p.role === 'owner' && p.emailConfirmedAt);
    await this.db.inTenant(tenantId, async (tx) => {
      const closing = await this.closings.writeOf(tx, tenantId, closingId);
      const tenant = await this.tenants.find(tx, tenantId);
      if (!closing || !tenant) return;
      const [application] = await this.applications.list(tx, tenantId);
      const language = (application?.language as Language | undefined) ?? languageOfCountry(tenant.country);
      const about = {
        language,
        name: tenant.name,
        ...(closing.state === 'grace'
          ? { kind: 'account-closing' as const, link: this.exports, date: instantIn(language, closing.closesAt) }
          : { kind: 'account-closing-undone' as const }),
      };
      for (const { email } of owners) await this.letter.write(tx, tenantId, { ...about, to: email });
    });
  }
}

const instantIn = (language: Language, at: Date): string =>
  `${new Intl.DateTimeFormat(language, { dateStyle: 'long', timeStyle: 'short', timeZone: 'UTC' }).format(at)} UTC`;
