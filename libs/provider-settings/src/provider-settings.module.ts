import { Global, Module } from '@nestjs/common';
import { Branding } from './branding.js';
import { Features } from './features.js';
import { LetterWordings } from './letter-wordings.js';
import { LiveSettings } from './live-settings.js';
import { MetaApp } from './meta-app.js';

const READERS = [LiveSettings, MetaApp, Branding, LetterWordings, Features];

/** What every process reads. Needs what ProcessModule provides (database, clock, vault, periodic work). */
@Global()
@Module({ providers: READERS, exports: READERS })
export class ProviderSettingsModule {}
