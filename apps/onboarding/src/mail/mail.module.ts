import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { Letter } from './letter.entity.js';
import { Letters } from './letters.js';
import { WriteLetter } from './write-letter.js';

/** Letters as both processes need them; only the worker sends (LettersSweeper, PostOffice). */
@Module({
  imports: [TypeOrmModule.forFeature([Letter])],
  providers: [Letters, WriteLetter],
  exports: [Letters, WriteLetter],
})
export class MailModule {}
