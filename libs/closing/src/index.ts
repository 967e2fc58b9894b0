export { ClosingModule } from './closing.module.js';
export { type Closing, type ClosingState, Closings, type LeavingStep, type Rows } from './closings.js';
export { TenantExportModule } from './export.module.js';
export { ExportLinks, exportUrl, type MadeBy } from './export-links.js';
export { ExportTenant } from './export-tenant.js';
export { EXPORTED, GOES, isSecretColumn, KEPT, STAYS } from './what-becomes.js';
