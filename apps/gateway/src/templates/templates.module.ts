import { Module } from '@nestjs/common';
import { ManageTemplates } from './manage-templates.js';
import { TemplatesController } from './templates.controller.js';

@Module({ controllers: [TemplatesController], providers: [ManageTemplates], exports: [ManageTemplates] })
export class TemplateManagementModule {}
