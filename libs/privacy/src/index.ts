export { CustomerMarks } from './customer-marks.js';
export { ErasurePage, ErasureResponse, erasureResponse } from './erasure.response.js';
export { type Erasure, Erasures, type KnownCustomer, type Waits } from './erasures.js';
export { PrivacyModule } from './privacy.module.js';
export { type Retention, Retentions } from './retentions.js';
