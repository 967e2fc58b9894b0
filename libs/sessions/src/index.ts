export { type Audience, type Session, Sessions } from './sessions.js';
export { SessionGuard, SessionsModule } from './sessions.module.js';
