import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { TenantLimitsModule } from '#libs/tenant-limits';
import { EventsModule } from '../events/events.module.js';
import { NumbersModule } from '../numbers/numbers.module.js';
import { BusinessProfile } from '../numbers/profile.entity.js';
import { Profiles } from '../numbers/profiles.js';
import { FollowProofs } from './follow-proofs.js';
import { RunSignup } from './run-signup.js';
import { Signup, SignupNews, SignupStep } from './signup.entity.js';
import { SignupStore } from './signup-store.js';
import { Signups } from './signups.js';
import { StepTools } from './step-tools.js';
import { TakeAccountNews } from './take-account-news.js';

/** Signups as both processes need them: the record and what takes it further. */
@Module({
  imports: [
    TypeOrmModule.forFeature([Signup, SignupStep, SignupNews, BusinessProfile]),
    EventsModule,
    NumbersModule,
    TenantLimitsModule,
  ],
  providers: [SignupStore, Signups, FollowProofs, TakeAccountNews, RunSignup, StepTools, Profiles],
  exports: [Signups, FollowProofs, TakeAccountNews, RunSignup, StepTools, Profiles],
})
export class SignupsModule {}
