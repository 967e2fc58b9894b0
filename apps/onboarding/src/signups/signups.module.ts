import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { RunSignup } from './run-signup.js';
import { Signup, SignupStep } from './signup.entity.js';
import { Signups } from './signups.js';
import { StepTools } from './step-tools.js';

/** Signups as both processes need them: the record and what takes it further. */
@Module({
  imports: [TypeOrmModule.forFeature([Signup, SignupStep])],
  providers: [Signups, RunSignup, StepTools],
  exports: [Signups, RunSignup],
})
export class SignupsModule {}
