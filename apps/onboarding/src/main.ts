import { run } from '#libs/http';
import { OnboardingModule } from './onboarding.module.js';

await run({
  name: 'onboarding',
  module: OnboardingModule,
  describe: 'Accounts and API keys of merchants, and the signup that connects their WhatsApp number.',
});
