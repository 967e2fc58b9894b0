export { type Session, Sessions } from './sessions.js';
export { type Audience, SessionGuard, SessionsModule } from './sessions.module.js';
