import { BadRequestException, Body, Controller, Get, HttpCode, NotFoundException, Post, Query } from '@nestjs/common';
import { ApiOperation, ApiProperty, ApiPropertyOptional, ApiTags } from '@nestjs/swagger';
import { IsIn, IsObject, IsOptional, IsString, Matches } from 'class-validator';
import { customerWrites, InboundProblem } from '../messages/inbound.js';
import { Meta } from '../meta.js';
import { digitsOf } from '../state/phone.js';
import type { Json } from '../state/records.js';
import { instant } from './instant.js';

class Inbound {
  @ApiProperty()
  @IsString()
  phone_number_id: string;

  @ApiProperty({ description: "The customer's number, or a business-scoped user id", example: '15550002222' })
  @IsString()
  @Matches(/^(\+?[\d\s()-]{5,20}|[A-Z]{2}\.[A-Za-z0-9]{1,128})$/, { message: 'from must be a number or a user id' })
  from: string;

  @ApiProperty({
    description: "Meta's shape without from, id and timestamp",
    example: { type: 'text', text: { body: 'Hi' } },
  })
  @IsObject()
  message: Json;

  @ApiPropertyOptional({ example: { profile: { name: 'Ada Sample' } } })
  @IsOptional()
  @IsObject()
  contact?: Json;
}

class MarketingChoice {
  @ApiProperty()
  @IsString()
  phone_number_id: string;

  @ApiProperty()
  @IsString()
  from: string;

  @ApiProperty({ enum: ['stop', 'resume'] })
  @IsIn(['stop', 'resume'])
  value: 'stop' | 'resume';
}

const whole = (value: string | undefined, name: string) => {
  if (value === undefined) return undefined;
  if (!/^\d+$/.test(value)) throw new BadRequestException(`${name} must be a whole number`);
  return Number(value);
};

@ApiTags('Control')
@Controller('_sandbox')
export class MessagesController {
  constructor(private readonly meta: Meta) {}

  /** Calls received, oldest first: `path` is any part of the path, `since` an instant, `after` a sequence number. */
  @ApiOperation({ summary: 'List the Graph calls received' })
  @Get('calls')
  calls(
    @Query('path') path?: string,
    @Query('since') since?: string,
    @Query('after') after?: string,
    @Query('limit') limit?: string,
  ) {
    const { calls, total } = this.meta.world.calls.find({
      path: path?.replace(/^\/v\d+\.\d+(?=\/)/, ''),
      since: since === undefined ? undefined : instant(since, 'since'),
      after: whole(after, 'after'),
      limit: whole(limit, 'limit') ?? 10_000,
    });
    return { data: calls.map(({ at, ...call }) => ({ ...call, time: new Date(at).toISOString() })), total };
  }

  /** Messages accepted, oldest first. */
  @ApiOperation({ summary: 'List the messages accepted' })
  @Get('messages')
  messages(@Query('phone_number_id') phoneNumberId?: string, @Query('to') to?: string, @Query('limit') limit?: string) {
    const recipient = to !== undefined && /^[+\d\s()-]+$/.test(to) ? digitsOf(to) : to;
    const found = this.meta.world.findMessages({ phoneNumberId, to: recipient });
    const data = found.slice(0, whole(limit, 'limit') ?? 10_000).map((message) => ({
      id: message.id,
      phone_number_id: message.phoneNumberId,
      to: message.to,
      type: message.type,
      status: message.status,
      biz_opaque_callback_data: message.callbackData,
      category: message.category,
      accepted_at: new Date(message.acceptedAt).toISOString(),
      statuses: message.statuses.map(({ at, ...status }) => ({ ...status, at: new Date(at).toISOString() })),
      body: message.body,
    }));
    return { data, total: found.length };
  }

  /** A customer writes: the window opens and the webhook goes out. */
  @ApiOperation({ summary: 'Let a customer write' })
  @Post('inbound')
  @HttpCode(200)
  inbound(@Body() body: Inbound) {
    const number = this.meta.world.get('phone_number', body.phone_number_id);
    if (!number) throw new NotFoundException(`there is no phone number ${body.phone_number_id}`);
    try {
      return customerWrites(this.meta, number, body);
    } catch (error) {
      if (error instanceof InboundProblem) throw new BadRequestException(error.message);
      throw error;
    }
  }

  /** A customer stops or resumes marketing messages of a number. */
  @ApiOperation({ summary: 'Let a customer stop or resume marketing' })
  @Post('user_preferences')
  @HttpCode(200)
  prefer(@Body() body: MarketingChoice) {
    const { world, emitter } = this.meta;
    const number = world.get('phone_number', body.phone_number_id);
    if (!number) throw new NotFoundException(`there is no phone number ${body.phone_number_id}`);
    const waId = digitsOf(body.from);
    world.pair(number.id, waId).marketingStopped = body.value === 'stop';
    emitter.numberField(number, 'user_preferences', {
      contacts: [{ profile: { name: waId }, wa_id: waId }],
      user_preferences: [
        {
          wa_id: waId,
          detail: `User requested to ${body.value} marketing messages`,
          category: 'marketing_messages',
          value: body.value,
          timestamp: Math.floor(world.now() / 1000),
        },
      ],
    });
    return { success: true };
  }
}
