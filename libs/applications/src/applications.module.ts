import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { Application, ApplicationDocument, ApplicationEntry } from './application.entity.js';
import { Applications } from './applications.js';

@Module({
  imports: [TypeOrmModule.forFeature([Application, ApplicationEntry, ApplicationDocument])],
  providers: [Applications],
  exports: [Applications],
})
export class ApplicationsModule {}
