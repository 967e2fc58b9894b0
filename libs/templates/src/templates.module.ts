import { Global, Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { Template, TemplateEvent } from './template.entity.js';
import { Templates } from './templates.js';

@Global()
@Module({
  imports: [TypeOrmModule.forFeature([Template, TemplateEvent])],
  providers: [Templates],
  exports: [Templates],
})
export class TemplatesModule {}
