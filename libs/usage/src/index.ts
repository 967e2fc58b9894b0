export { UsageModule } from './usage.module.js';
export { type ParkedFact, type UsageFact, UsageFacts } from './usage-facts.js';
