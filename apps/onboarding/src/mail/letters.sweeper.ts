import { Inject, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import type { Logger } from 'pino';
import { Leases } from '#libs/leases';
import { LOGGER } from '#libs/observability';
import { PROVIDER_TENANT } from '#libs/persistence';
import { Periodic } from '#libs/queues';
import { Letters } from './letters.js';
import { PostOffice } from './post-office.js';

const EVERY_MS = 1_000;

/** Sends the letters that are due, one process at a time. */
@Injectable()
export class LettersSweeper implements OnApplicationBootstrap {
  constructor(
    private readonly letters: Letters,
    private readonly office: PostOffice,
    private readonly leases: Leases,
    private readonly periodic: Periodic,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  onApplicationBootstrap(): void {
    this.periodic.every('letters', EVERY_MS, async () => {
      const due = await this.letters.due();
      if (due.length === 0) return;
      await this.leases.hold(PROVIDER_TENANT, 'letters', async (stillMine) => {
        for (const { tenantId, letterId } of due) {
          if (!stillMine()) return;
          await this.letters
            .send(tenantId, letterId, (letter, id) => this.office.deliver(letter, id))
            .catch((error) => this.logger.warn({ err: error, letterId }, 'a letter could not be sent yet'));
        }
      });
    });
  }
}
