export { Application, ApplicationDocument, ApplicationEntry } from './application.entity.js';
export { type ApplicationMove, type ApplicationState, MOVES_AMONG_STAFF } from './application-state.js';
export {
  type ApplicationForm,
  type ApplicationRecord,
  Applications,
  DECIDE_WITHIN_MS,
  WrongMoveError,
} from './applications.js';
export { ApplicationsModule } from './applications.module.js';
export type { Finding, ForbiddenTrade } from './screen-application.js';
