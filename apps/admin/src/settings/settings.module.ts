import { Module } from '@nestjs/common';
import { ProviderSettings } from '#libs/provider-settings';
import { BrandingController } from './branding.controller.js';
import { ChangeSetting } from './change-setting.js';
import { MetaAppController } from './meta-app.controller.js';
import { MetaSecrets } from './meta-secrets.js';

@Module({
  providers: [ProviderSettings, ChangeSetting, MetaSecrets],
  controllers: [BrandingController, MetaAppController],
})
export class SettingsModule {}
