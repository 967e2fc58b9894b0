export { createLogger, loggableUrl, NestLogger } from './logger.js';
export { LOGGER, METRICS, ObservabilityModule } from './observability.module.js';
export { readableStacks } from './readable-stacks.js';
