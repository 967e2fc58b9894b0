import { Injectable } from '@nestjs/common';
import { Refusal } from '#libs/http';
import { PROVIDER_TENANT } from '#libs/persistence';
import { FEATURES, type Feature, featureSetting, isSwitchedOn, type Switch } from './feature-list.js';
import { LiveSettings } from './live-settings.js';

/** What is switched on, as it is now; asked where a feature begins. */
@Injectable()
export class Features {
  constructor(private readonly live: LiveSettings) {}

  /** @param tenantId absent where there is no tenant yet */
  isOn(feature: Feature, tenantId?: string): boolean {
    const own = tenantId === undefined ? undefined : this.switchOf(feature, tenantId);
    return isSwitchedOn(feature, this.switchOf(feature, PROVIDER_TENANT), own);
  }

  /** @throws Refusal 403 `feature_off` */
  require(feature: Feature, tenantId?: string): void {
    if (this.isOn(feature, tenantId)) return;
    throw new Refusal(403, 'feature_off', `The provider has switched off ${FEATURES[feature].means}.`);
  }

  private switchOf(feature: Feature, tenantId: string): Switch | undefined {
    return this.live.at(tenantId, featureSetting(feature)) as Switch | undefined;
  }
}
