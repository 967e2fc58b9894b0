import { Module } from '@nestjs/common';
import { ShopSources } from './shop-sources.js';

/** Needs the process's vault (ProcessModule), in which the secrets of shops are sealed. */
@Module({ providers: [ShopSources], exports: [ShopSources] })
export class ShopSourcesModule {}
