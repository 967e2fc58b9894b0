import { type DynamicModule, Module } from '@nestjs/common';
import { AppsController } from './control/apps.controller.js';
import { ClockController } from './control/clock.controller.js';
import { FaultsController } from './control/faults.controller.js';
import { MessagesController } from './control/messages.controller.js';
import { ObjectsController } from './control/objects.controller.js';
import { OnPremisesController } from './control/on-premises.controller.js';
import { SignupController } from './control/signup.controller.js';
import { WebhooksController } from './control/webhooks.controller.js';
import { DialogController } from './embedded-signup/dialog.controller.js';
import { HealthController } from './http/health.controller.js';
import { Metrics } from './http/metrics.js';
import { Meta } from './meta.js';

/** The control calls, the signup dialog and the operator's routes; Graph and `/v1` are Fastify routes (sandbox.ts). */
@Module({})
export class SandboxModule {
  static with(meta: Meta, metrics: Metrics): DynamicModule {
    return {
      module: SandboxModule,
      controllers: [
        HealthController,
        DialogController,
        SignupController,
        MessagesController,
        ObjectsController,
        OnPremisesController,
        AppsController,
        FaultsController,
        WebhooksController,
        ClockController,
      ],
      providers: [
        { provide: Meta, useValue: meta },
        { provide: Metrics, useValue: metrics },
      ],
    };
  }
}
