export { Template, TemplateEvent, type TemplateEventSource } from './template.entity.js';
export type { AppliedReport, TemplateReport } from './template-report.js';
export { type SeenTemplate, Templates } from './templates.js';
export { TemplatesModule } from './templates.module.js';
