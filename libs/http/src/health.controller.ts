import { Controller, Get, Header, Inject } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { Registry } from 'prom-client';
import { METRICS } from '#libs/observability';
import { Refusal } from './refusal.js';

/** What must answer for a process to be of use, by name. */
export interface ReadinessCheck {
  readonly name: string;
  check(): Promise<unknown>;
}
export const READINESS = Symbol('Readiness');

@ApiExcludeController()
@Controller()
export class HealthController {
  constructor(
    @Inject(READINESS) private readonly checks: readonly ReadinessCheck[],
    @Inject(METRICS) private readonly metrics: Registry,
  ) {}

  /** The process runs. */
  @Get('healthz')
  healthz(): { status: 'ok' } {
    return { status: 'ok' };
  }

  /** The process can do its work: 200, or 503 naming what does not answer. */
  @Get('readyz')
  async readyz(): Promise<{ status: 'ok' }> {
    const failed: string[] = [];
    await Promise.all(
      this.checks.map((c) =>
        Promise.race([
          c.check(),
          new Promise((_, reject) => setTimeout(() => reject(new Error('timeout')), 2_000).unref()),
        ]).catch(() => failed.push(c.name)),
      ),
    );
    if (failed.length > 0) throw new Refusal(503, 'unavailable', `Not answering: ${failed.sort().join(', ')}.`);
    return { status: 'ok' };
  }

  @Get('metrics')
  @Header('content-type', 'text/plain; version=0.0.4; charset=utf-8')
  metricsText(): Promise<string> {
    return this.metrics.metrics();
  }
}
