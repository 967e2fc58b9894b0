import { BadRequestException, Body, Controller, HttpCode, Post } from '@nestjs/common';
import { ApiOperation, ApiPropertyOptional, ApiTags } from '@nestjs/swagger';
import { IsIn, IsOptional, IsString } from 'class-validator';
import { SIGNUP_EVENTS, type SignupEvent, SignupProblem } from '../embedded-signup/signup.js';
import { Meta } from '../meta.js';

export class RunSignup {
  @ApiPropertyOptional({ example: 'Sample Shop' })
  @IsOptional()
  @IsString()
  business_name?: string;

  @ApiPropertyOptional({ example: 'US' })
  @IsOptional()
  @IsString()
  country?: string;

  @ApiPropertyOptional({ example: 'USD' })
  @IsOptional()
  @IsString()
  currency?: string;

  @ApiPropertyOptional({ description: 'IANA name', example: 'America/New_York' })
  @IsOptional()
  @IsString()
  timezone?: string;

  @ApiPropertyOptional({ example: '+15550001111' })
  @IsOptional()
  @IsString()
  phone_number?: string;

  @ApiPropertyOptional()
  @IsOptional()
  @IsString()
  display_name?: string;

  @ApiPropertyOptional({ enum: SIGNUP_EVENTS, default: 'FINISH' })
  @IsOptional()
  @IsIn(SIGNUP_EVENTS)
  event?: SignupEvent;

  @ApiPropertyOptional({ description: 'For CANCEL: the screen that was left' })
  @IsOptional()
  @IsString()
  step?: string;

  @ApiPropertyOptional({ description: 'For CANCEL: what the person reported' })
  @IsOptional()
  @IsString()
  error_message?: string;

  @ApiPropertyOptional({ description: 'An existing portfolio' })
  @IsOptional()
  @IsString()
  business_id?: string;

  @ApiPropertyOptional({ description: 'An existing WhatsApp Business account' })
  @IsOptional()
  @IsString()
  waba_id?: string;

  @ApiPropertyOptional({ description: 'An existing number of that account' })
  @IsOptional()
  @IsString()
  phone_number_id?: string;

  @ApiPropertyOptional()
  @IsOptional()
  @IsString()
  app_id?: string;
}

/** What the dialog and the control call both do with a person's choices. */
export function runSignup(meta: Meta, body: RunSignup) {
  try {
    const result = meta.signup.complete({
      event: body.event,
      appId: body.app_id,
      businessId: body.business_id || undefined,
      wabaId: body.waba_id || undefined,
      phoneNumberId: body.phone_number_id || undefined,
      businessName: body.business_name || undefined,
      country: body.country || undefined,
      currency: body.currency || undefined,
      timezone: body.timezone || undefined,
      phoneNumber: body.phone_number || undefined,
      displayName: body.display_name || undefined,
      step: body.step,
      errorMessage: body.error_message,
    });
    return {
      code: result.code,
      event: result.event,
      waba_id: result.wabaId,
      phone_number_id: result.phoneNumberId,
      business_id: result.businessId,
    };
  } catch (error) {
    if (error instanceof SignupProblem) throw new BadRequestException(error.message);
    throw error;
  }
}

@ApiTags('Control')
@Controller('_sandbox/embedded_signup')
export class SignupController {
  constructor(private readonly meta: Meta) {}

  /** A person goes through Embedded Signup, without a browser. */
  @ApiOperation({ summary: 'Go through Embedded Signup without a browser' })
  @Post()
  @HttpCode(200)
  run(@Body() body: RunSignup) {
    return runSignup(this.meta, body);
  }
}
