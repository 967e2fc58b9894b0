import { Module } from '@nestjs/common';
import { ConsentModule } from '#libs/consent';
import { ContactsModule } from '#libs/contacts';
import { ContactImportsController } from './contact-imports.controller.js';
import { ContactImports } from './contact-imports.js';
import { CsvBodies } from './csv-bodies.js';
import { ExportContacts } from './export-contacts.js';
import { ReceiveImport } from './receive-import.js';
import { RunImports } from './run-imports.js';

/** Files of contacts, in and out. */
@Module({
  imports: [ContactsModule],
  controllers: [ContactImportsController],
  providers: [ContactImports, ReceiveImport, ExportContacts, CsvBodies],
})
export class ContactImportsApiModule {}

/** Takes in what was received. */
@Module({ imports: [ContactsModule, ConsentModule], providers: [ContactImports, RunImports], exports: [RunImports] })
export class ContactImportsWorkerModule {}
