export { PhoneNumber, Portfolio, Waba } from './entities.js';
export { holdOf } from './hold-of.js';
export { type LimitChange, limitChanges, noteLimitChange } from './limit-changes.js';
export { isRegistered } from './number-status.js';
export { PortfolioPrices, type ToldOfPrices } from './portfolio-prices.js';
export { liftRefusals, type NumberRefusal, noteRefusal, refusalOf } from './refused-numbers.js';
export { countRegistration, registrationsLeft } from './registrations.js';
export { type Restriction, Standing } from './standing.js';
export { type EarlierTimezone, nextTimezone, type Timezones, timezoneAt, timezonesOf } from './timezones.js';
export {
  type AccountDecision,
  type NumberFacts,
  type Route,
  type RouteKind,
  TakenByAnotherTenantError,
  Wabas,
} from './wabas.js';
export { WabasModule } from './wabas.module.js';
