import { Inject, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import type { Logger } from 'pino';
import { type Application, type ApplicationEntry, Applications } from '#libs/applications';
import type { LetterKind } from '#libs/letters';
import { LOGGER } from '#libs/observability';
import { Database, type Tx } from '#libs/persistence';
import { Periodic } from '#libs/queues';
import { TellTenant } from '../events/tell-tenant.js';
import { WriteLetter } from '../mail/write-letter.js';
import { Signups } from '../signups/signups.js';
import type { Language } from '../signups/texts/language.js';

const EVERY_MS = 1_000;

/** What a move is to the merchant: the state it is told, and the letter it gets. What is in no row is nobody's news. */
const NEWS: Readonly<Record<string, { state: string; letter?: LetterKind }>> = {
  confirm: { state: 'waiting' },
  claim: { state: 'in_review' },
  'put-back': { state: 'waiting' },
  ask: { state: 'question', letter: 'application-question' },
  answer: { state: 'in_review' },
  approve: { state: 'approved', letter: 'application-approved' },
  decline: { state: 'declined', letter: 'application-declined' },
  withdraw: { state: 'withdrawn' },
};

/**
 * Carries out what became of applications: the merchant is written to, the tenant's webhook told, and an approved one gets
 * the signup that makes its account and number. Each in one transaction with the mark that it is done, so once.
 */
@Injectable()
export class FollowApplications implements OnApplicationBootstrap {
  constructor(
    private readonly applications: Applications,
    private readonly signups: Signups,
    private readonly letter: WriteLetter,
    private readonly tenant: TellTenant,
    private readonly db: Database,
    private readonly periodic: Periodic,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  onApplicationBootstrap(): void {
    this.periodic.every('applications', EVERY_MS, () => this.look());
  }

  async look(): Promise<void> {
    for (const { tenantId, applicationId } of await this.applications.toFollow()) {
      await this.db
        .inTenant(tenantId, (tx) =>
          this.applications.followed(tx, tenantId, applicationId, (application, move) =>
            this.carryOut(tx, application, move),
          ),
        )
        .catch((error) => this.logger.error({ err: error, applicationId }, 'an application could not be followed'));
    }
  }

  /** @returns the signup that was begun; the sweeper of signups takes it further */
  private async carryOut(tx: Tx, a: Application, move: ApplicationEntry): Promise<string | undefined> {
    const news = NEWS[move.what];
    if (!news) return undefined;
    const { tenantId, applicationId } = a;
    if (news.letter) {
      await this.letter.write(tx, tenantId, {
        kind: news.letter,
        to: a.contactEmail,
        language: a.language as Language,
        ...(move.what === 'decline' ? {} : { page: 'application' as const }),
        name: a.company,
        ...(move.said ? { said: move.said } : {}),
      });
    }
    const signupId =
      move.what === 'approve' && !a.signupId
        ? await this.signups.beginIn(tx, tenantId, {
            kind: 'classic',
            facts: { applicationId, wanted: { phone: a.phone, displayName: a.displayName } },
          })
        : undefined;
    await this.tenant.tell(tx, tenantId, 'application_update', {
      application_id: applicationId,
      at: move.at,
      state: news.state,
      reason: move.what === 'ask' || move.what === 'decline' ? move.said : null,
      signup_id: signupId ?? a.signupId,
    });
    return signupId;
  }
}
