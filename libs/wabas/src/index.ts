export { PhoneNumber, Portfolio, Waba } from './entities.js';
export { type AccountDecision, type Route, type RouteKind, TakenByAnotherTenantError, Wabas } from './wabas.js';
export { WabasModule } from './wabas.module.js';
