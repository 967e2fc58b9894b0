import { BadRequestException, Body, Controller, Get, HttpCode, Post, Query } from '@nestjs/common';
import { ApiOperation, ApiProperty, ApiPropertyOptional, ApiTags } from '@nestjs/swagger';
import { IsIn, IsInt, IsObject, IsOptional, IsString, IsUrl, Max, Min } from 'class-validator';
import { Meta } from '../meta.js';
import type { Json } from '../state/records.js';
import { metaJson, sign } from '../webhooks/signature.js';

const SIGNATURES = ['valid', 'bad', 'none'] as const;

class PostWebhook {
  @ApiProperty({ description: 'The body as it shall be sent' })
  @IsObject()
  body: Json;

  @ApiPropertyOptional({ enum: SIGNATURES, default: 'valid' })
  @IsOptional()
  @IsIn(SIGNATURES)
  signature?: (typeof SIGNATURES)[number];

  @ApiPropertyOptional({ default: 1 })
  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(10_000)
  times?: number;

  @ApiPropertyOptional({ description: "Instead of the app's callback" })
  @IsOptional()
  @IsUrl({ require_tld: false })
  url?: string;

  @ApiPropertyOptional({ description: 'Instead of the default app' })
  @IsOptional()
  @IsString()
  app_id?: string;
}

@ApiTags('Control')
@Controller('_sandbox/webhooks')
export class WebhooksController {
  constructor(private readonly meta: Meta) {}

  /** Posts any webhook as given. One with a wrong or no signature is not repeated: its receiver is right to refuse it. */
  @ApiOperation({ summary: 'Post any webhook, as given' })
  @Post()
  @HttpCode(200)
  post(@Body() { body, signature = 'valid', times = 1, url, app_id }: PostWebhook) {
    const { world, outbox } = this.meta;
    const app = world.get('app', app_id ?? world.app.id);
    if (!app) throw new BadRequestException(`there is no app ${app_id}`);
    const target = url ?? app.callbackUrl;
    if (!target) throw new BadRequestException('the app has no callback URL; set SANDBOX_WEBHOOK_URL or give url');
    const payload = metaJson(body);
    const ids: number[] = [];
    for (let i = 0; i < times; i++) {
      const headers: Record<string, string> = {};
      if (signature === 'valid') headers['x-hub-signature-256'] = sign(payload, app.secret);
      if (signature === 'bad') headers['x-hub-signature-256'] = sign(payload, `${app.secret}-wrong`);
      ids.push(outbox.enqueue(target, 'custom', payload, headers, signature === 'valid').id);
    }
    return { queued: ids.length, ids };
  }

  /** What was sent, newest last: receiver, state, attempts and last HTTP status. */
  @ApiOperation({ summary: 'List the webhooks sent' })
  @Get()
  list(@Query('field') field?: string, @Query('state') state?: string, @Query('limit') limit?: string) {
    const all = this.meta.outbox.list();
    const wanted = all.filter((one) => (!field || one.field === field) && (!state || one.state === state));
    return {
      pending: this.meta.outbox.pending,
      total: wanted.length,
      data: wanted.slice(-Number(limit ?? 1_000)).map((one) => ({
        id: one.id,
        time: new Date(one.at).toISOString(),
        field: one.field,
        url: one.url,
        state: one.state,
        attempts: one.attempts,
        status: one.lastStatus,
        body: JSON.parse(one.payload),
      })),
    };
  }
}
