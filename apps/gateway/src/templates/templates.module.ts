import { Module } from '@nestjs/common';
import { DispatchModule } from '../dispatch/dispatch.module.js';
import { AccountAtMeta } from './account-at-meta.js';
import { AccountInPath } from './account-in-path.js';
import { CarryTemplates } from './carry-templates.js';
import { CreationRoom } from './creation-room.js';
import { EditTemplate } from './edit-template.js';
import { SubmitReadyTemplates } from './library/submit-ready-templates.js';
import { ManageTemplates } from './manage-templates.js';
import { NativeTemplatesController } from './native-templates.controller.js';
import { ReadTemplates } from './read-templates.js';
import { SyncTemplates } from './sync-templates.js';
import { TemplatesController } from './templates.controller.js';
import { TemplatesProcessor } from './templates.processor.js';

/** Templates over HTTP. Wakes `gateway.templates`. */
@Module({
  controllers: [TemplatesController, NativeTemplatesController],
  providers: [
    AccountAtMeta,
    AccountInPath,
    CreationRoom,
    ManageTemplates,
    EditTemplate,
    ReadTemplates,
    SubmitReadyTemplates,
    CarryTemplates,
  ],
  exports: [ManageTemplates, EditTemplate],
})
export class TemplateManagementModule {}

/** Compares templates with Meta's list and lets waiting messages follow them. Drains `gateway.templates`. */
@Module({ imports: [DispatchModule], providers: [SyncTemplates, TemplatesProcessor] })
export class TemplatesWorkerModule {}
