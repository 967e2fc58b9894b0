import { run } from '#libs/http';
import { OnboardingWorkerModule } from './onboarding-worker.module.js';

await run({ name: 'onboarding-worker', module: OnboardingWorkerModule });
