import { Module } from '@nestjs/common';
import { PrivacyModule } from '#libs/privacy';
import { ContactBookModule } from '../contacts/contact-book.module.js';
import { ErasuresController } from './erasures.controller.js';

/** Customers who are to be forgotten. */
@Module({ imports: [PrivacyModule, ContactBookModule], controllers: [ErasuresController] })
export class ErasuresModule {}
