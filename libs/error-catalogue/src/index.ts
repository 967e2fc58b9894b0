export { type GraphError, graphError } from './graph-error.js';
export { leastWaitSeconds } from './least-wait.js';
export { breaksChannel, metaError, refusesNumber } from './meta-error.js';
export type { Fault, MetaError, Retry, Scope } from './meta-error.types.js';
export { META_ERRORS } from './meta-errors.data.js';
export { onPremisesCodeOf, onPremisesError } from './on-premises-error.js';
export type { OnPremisesError } from './on-premises-error.types.js';
export { refusalFor } from './refusal-for.js';
export { REFUSALS, type Refusal, type RefusalCode } from './refusals.js';
