export { PhoneNumber, Portfolio, Waba } from './entities.js';
export { type Restriction, Standing } from './standing.js';
export {
  type AccountDecision,
  type NumberFacts,
  type Route,
  type RouteKind,
  TakenByAnotherTenantError,
  Wabas,
} from './wabas.js';
export { WabasModule } from './wabas.module.js';
