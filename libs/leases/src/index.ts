export { Leases } from './leases.js';
export { LeasesModule } from './leases.module.js';
