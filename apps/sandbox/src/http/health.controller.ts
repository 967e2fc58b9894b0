import { Controller, Get, Header } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { Metrics } from './metrics.js';

/** What an operator's machinery asks of every app. State is in memory, so ready is the same as alive. */
@ApiExcludeController()
@Controller()
export class HealthController {
  constructor(private readonly metrics: Metrics) {}

  @Get('healthz')
  alive() {
    return { status: 'ok' };
  }

  @Get('readyz')
  ready() {
    return { status: 'ok' };
  }

  @Get('metrics')
  @Header('content-type', 'text/plain; version=0.0.4; charset=utf-8')
  exposition() {
    return this.metrics.registry.metrics();
  }
}
