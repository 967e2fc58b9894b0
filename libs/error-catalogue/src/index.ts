export { type GraphError, graphError } from './graph-error.js';
export { leastWaitSeconds } from './least-wait.js';
export { breaksChannel, type Fault, type MetaError, metaError, type Retry, type Scope } from './meta-error.js';
export { META_ERRORS } from './meta-errors.data.js';
export { type OnPremisesError, onPremisesCodeOf, onPremisesError } from './on-premises-error.js';
export { refusalFor } from './refusal-for.js';
export { REFUSALS, type Refusal, type RefusalCode } from './refusals.js';
