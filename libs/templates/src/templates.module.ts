import { Global, Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { Template, TemplateEvent } from './template.entity.js';
import { TemplateSync } from './template-sync.entity.js';
import { TemplateSyncs } from './template-syncs.js';
import { Templates } from './templates.js';

@Global()
@Module({
  imports: [TypeOrmModule.forFeature([Template, TemplateEvent, TemplateSync])],
  providers: [Templates, TemplateSyncs],
  exports: [Templates, TemplateSyncs],
})
export class TemplatesModule {}
