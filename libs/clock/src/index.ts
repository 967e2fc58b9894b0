export { CLOCK, type Clock, ManualClock, SystemClock } from './clock.js';
export { ClockModule } from './clock.module.js';
export { SandboxClock } from './sandbox-clock.js';
