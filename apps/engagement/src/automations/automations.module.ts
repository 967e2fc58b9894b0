import { Module } from '@nestjs/common';
import { ContactsModule } from '#libs/contacts';
import { GatewayClientModule } from '#libs/gateway-client';
import { TenantsModule } from '#libs/tenants';
import { WabasModule } from '#libs/wabas';
import { ShopEvents } from '../shop-events/shop-events.js';
import { AutomationRuns } from './automation-runs.js';
import { AutomationSteps } from './automation-steps.js';
import { AutomationsController } from './automations.controller.js';
import { Automations } from './automations.js';
import { CustomerNight } from './customer-night.js';
import { FollowEvent } from './follow-event.js';
import { RunAutomations } from './run-automations.js';
import { SendSteps } from './send-steps.js';

const SERVICES = [Automations, AutomationRuns, AutomationSteps, ShopEvents, FollowEvent];

/** What follows from events of shops; of the API and of the worker. */
@Module({ providers: SERVICES, exports: SERVICES })
export class AutomationsModule {}

@Module({ imports: [AutomationsModule, TenantsModule, WabasModule], controllers: [AutomationsController] })
export class AutomationsApiModule {}

/** Sends what is due. */
@Module({
  imports: [AutomationsModule, ContactsModule, WabasModule, GatewayClientModule.forApp('engagement')],
  providers: [CustomerNight, SendSteps, RunAutomations],
  exports: [RunAutomations],
})
export class AutomationsWorkerModule {}
