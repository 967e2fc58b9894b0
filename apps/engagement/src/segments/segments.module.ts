import { Module } from '@nestjs/common';
import { ContactsModule } from '#libs/contacts';
import { SegmentsController } from './segments.controller.js';
import { Segments } from './segments.js';

/** Saved filters, for whatever is sent to many; of the API and of the worker. */
@Module({ imports: [ContactsModule], providers: [Segments], exports: [Segments] })
export class SegmentsModule {}

@Module({ imports: [SegmentsModule], controllers: [SegmentsController] })
export class SegmentsApiModule {}
