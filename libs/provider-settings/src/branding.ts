import { Injectable } from '@nestjs/common';
import { configured } from '#libs/config';
import { LiveSettings } from './live-settings.js';

/** What merchants know the provider by, as it is now. */
@Injectable()
export class Branding {
  private readonly environment = {
    name: configured('PROVIDER_NAME') ?? 'Paloma',
    logoUrl: configured('PROVIDER_LOGO_URL') ?? '',
    color: configured('PROVIDER_COLOR') ?? '',
    supportEmail: configured('SUPPORT_EMAIL') ?? '',
  };

  constructor(private readonly live: LiveSettings) {}

  get name(): string {
    return this.live.of('branding')?.name ?? this.environment.name;
  }

  /** Empty for none. */
  get logoUrl(): string {
    return this.live.of('branding')?.logo_url ?? this.environment.logoUrl;
  }

  /** `#` and six hexadecimals; white text can be read on it. */
  get color(): string {
    return this.live.of('branding')?.color ?? this.environment.color;
  }

  /** Empty for none. */
  get supportEmail(): string {
    return this.live.of('branding')?.support_email ?? this.environment.supportEmail;
  }
}
