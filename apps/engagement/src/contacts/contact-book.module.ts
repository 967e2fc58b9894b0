import { Module } from '@nestjs/common';
import { ConsentModule } from '#libs/consent';
import { ContactsModule } from '#libs/contacts';
import { AutomationsModule } from '../automations/automations.module.js';
import { ShopOrders } from '../catalogue/shop-orders.js';
import { SegmentsModule } from '../segments/segments.module.js';
import { ContactAttributesController } from './contact-attributes.controller.js';
import { ContactBook } from './contact-book.js';
import { ContactNotesController } from './contact-notes.controller.js';
import { ContactsController } from './contacts.controller.js';
import { ServiceWindows } from './service-windows.js';

/** What a merchant knows of its customers. */
@Module({
  imports: [ContactsModule, ConsentModule, AutomationsModule, SegmentsModule],
  controllers: [ContactAttributesController, ContactsController, ContactNotesController],
  providers: [ContactBook, ServiceWindows, ShopOrders],
  exports: [ContactBook, ServiceWindows],
})
export class ContactBookModule {}
