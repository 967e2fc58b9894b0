import { Module } from '@nestjs/common';
import { DispatchModule } from '../dispatch/dispatch.module.js';
import { AccountAtMeta } from './account-at-meta.js';
import { EditTemplate } from './edit-template.js';
import { ManageTemplates } from './manage-templates.js';
import { SyncTemplates } from './sync-templates.js';
import { TemplatesController } from './templates.controller.js';
import { TemplatesProcessor } from './templates.processor.js';

/** Templates over HTTP. Wakes `gateway.templates`. */
@Module({
  controllers: [TemplatesController],
  providers: [AccountAtMeta, ManageTemplates, EditTemplate],
  exports: [ManageTemplates, EditTemplate],
})
export class TemplateManagementModule {}

/** Compares templates with Meta's list and lets waiting messages follow them. Drains `gateway.templates`. */
@Module({ imports: [DispatchModule], providers: [SyncTemplates, TemplatesProcessor] })
export class TemplatesWorkerModule {}
