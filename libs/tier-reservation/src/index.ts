export { type Place, type Reservation, type TierRefusal, TierReservation, type TierUse } from './tier-reservation.js';
export { TierReservationModule } from './tier-reservation.module.js';
export { type HeldLimit, type LimitHolder, numbersOf, type TierScope } from './tier-scope.js';
