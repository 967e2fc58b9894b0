export { Template, TemplateEvent, type TemplateEventSource } from './template.entity.js';
export type { AppliedReport, TemplateReport } from './template-report.js';
export { type TemplateDrift, TemplateSync } from './template-sync.entity.js';
export { TemplateSyncs } from './template-syncs.js';
export { type SeenTemplate, type TemplateFilter, type TemplateStanding, Templates } from './templates.js';
export { TemplatesModule } from './templates.module.js';
