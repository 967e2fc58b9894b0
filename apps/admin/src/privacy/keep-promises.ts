import { Inject, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import type { Logger } from 'pino';
import { MediaStore } from '#libs/media-store';
import { LOGGER } from '#libs/observability';
import { Erasures, Retentions } from '#libs/privacy';
import { Periodic } from '#libs/queues';
import { ForgetBodies } from './forget-bodies.js';
import { ForgetCustomer } from './forget-customer.js';

const ERASURES_EVERY_MS = 2_000;
const BODIES_EVERY_MS = 3_600_000;
const BYTES_EVERY_MS = 3_600_000;
const AT_A_TIME = 10;

/** Forgets whom and what is to be forgotten; several workers do not disturb each other. */
@Injectable()
export class KeepPromises implements OnApplicationBootstrap {
  constructor(
    private readonly erasures: Erasures,
    private readonly retentions: Retentions,
    private readonly forgetCustomer: ForgetCustomer,
    private readonly forgetBodies: ForgetBodies,
    private readonly media: MediaStore,
    private readonly periodic: Periodic,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  onApplicationBootstrap(): void {
    this.periodic.every('erasures', ERASURES_EVERY_MS, async () => {
      for (const { tenantId, erasureId } of await this.erasures.due(AT_A_TIME)) {
        await this.forgetCustomer.pass(tenantId, erasureId).catch(async (error) => {
          this.failed(error, tenantId, erasureId);
          await this.erasures.failed(tenantId, erasureId, codeOf(error) ?? nameOf(error));
        });
      }
    });
    this.periodic.every('bodies that are too old', BODIES_EVERY_MS, async () => {
      for (const rule of await this.retentions.all()) {
        await this.forgetBodies.run(rule).catch((error) => this.failed(error, rule.tenantId));
      }
    });
    this.periodic.every('bytes that no file has', BYTES_EVERY_MS, () => this.media.sweepAll());
  }

  /** One request's trouble must not hold up the others. The message alone: a driver's error may quote what was searched for. */
  private failed(error: unknown, tenantId: string, erasureId?: string): void {
    const said = { error: nameOf(error), code: codeOf(error), tenantId, erasureId };
    this.logger.error(said, 'could not forget what is to be forgotten');
  }
}

const nameOf = (error: unknown): string => (error instanceof Error ? error.name : typeof error);
const codeOf = (error: unknown): string | undefined =>
  error instanceof Error && 'code' in error ? String(error.code) : undefined;
