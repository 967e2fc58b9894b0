import { Module } from '@nestjs/common';
import { ConsentModule } from '#libs/consent';
import { TierReservationModule } from '#libs/tier-reservation';
import { InboundTraffic } from '../channels/inbound-traffic.js';
import { Admission } from './admission.js';
import { ClaimMessages } from './claim-messages.js';
import { DispatchProcessor } from './dispatch.processor.js';
import { Dispatcher } from './dispatcher.js';
import { FollowTemplate } from './follow-template.js';
import { OptOuts } from './opt-outs.js';
import { PairRate } from './pair-rate.js';
import { SettleDoubts } from './settle-doubts.js';
import { StoreResults } from './store-results.js';
import { Telling } from './telling.js';
import { Throughput } from './throughput.js';
import { TierPlaces } from './tier-places.js';
import { ToldTemplates } from './told-templates.js';

/** Sending what waits; of the worker only. */
@Module({
  imports: [ConsentModule, TierReservationModule],
  providers: [
    Dispatcher,
    DispatchProcessor,
    ClaimMessages,
    StoreResults,
    TierPlaces,
    Telling,
    Admission,
    PairRate,
    InboundTraffic,
    Throughput,
    SettleDoubts,
    ToldTemplates,
    OptOuts,
    FollowTemplate,
  ],
  exports: [Dispatcher, FollowTemplate],
})
export class DispatchModule {}
