// Baselines B (accept) and F (intake), and the front of G: Nest on Express as most are built. A message is checked by
// class-validator, inserted by a statement of its own and queued as a job of its own; a webhook is applied in one
// transaction of its own.
import 'reflect-metadata';
import type { AddressInfo } from 'node:net';
import {
  Body,
  Controller,
  Headers,
  HttpCode,
  Module,
  Post,
  type RawBodyRequest,
  Req,
  ValidationPipe,
} from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { Type } from 'class-transformer';
import { Equals, IsArray, IsIn, IsOptional, IsString, Matches, MaxLength, ValidateNested } from 'class-validator';
import { newId } from '#libs/ids';
import { isSignedBy } from '#libs/meta-cloud';
import { messageIdOfCallbackData } from '#libs/outbox';
import { appSecret, delivers, inTransaction, ONE_JOB, pool, sends } from './conventional.js';

class TextBody {
  @IsString()
  @MaxLength(4096)
  body: string;
}
class Language {
  @IsString()
  code: string;
}
class Parameter {
  @IsIn(['text'])
  type: string;
  @IsString()
  text: string;
}
class Component {
  @IsIn(['header', 'body', 'button'])
  type: string;
  @IsArray()
  @ValidateNested({ each: true })
  @Type(() => Parameter)
  parameters: Parameter[];
}
class TemplateBody {
  @IsString()
  name: string;
  @ValidateNested()
  @Type(() => Language)
  language: Language;
  @IsOptional()
  @IsArray()
  @ValidateNested({ each: true })
  @Type(() => Component)
  components?: Component[];
}
class SendRequest {
  @Equals('whatsapp')
  messaging_product: string;
  @Matches(/^\+?\d{7,15}$/)
  to: string;
  @IsIn(['text', 'template'])
  type: string;
  @IsOptional()
  @ValidateNested()
  @Type(() => TextBody)
  text?: TextBody;
  @IsOptional()
  @ValidateNested()
  @Type(() => TemplateBody)
  template?: TemplateBody;
}

interface StatusChange {
  id: string;
  status: string;
  timestamp: string;
  biz_opaque_callback_data?: string;
  pricing?: unknown;
}

@Controller()
class Conventional {
  @Post('messages')
  @HttpCode(200)
  async send(
    @Body() body: SendRequest,
    @Headers('x-tenant') tenantId: string,
    @Headers('x-number') phoneNumberId: string,
  ) {
    const at = new Date();
    const messageId = newId(at);
    const recipient = body.to.replace('+', '');
    await pool.query(
      `INSERT INTO messages (tenant_id, message_id, phone_number_id, recipient, type, payload, lane, in_window, status,
                             status_at, not_before, expires_at)
       VALUES ($1, $2, $3, $4, $5, $6, 1, true, 'accepted', $7, $7, $8)`,
      [
        tenantId,
        messageId,
        phoneNumberId,
        recipient,
        body.type,
        JSON.stringify(body),
        at,
        new Date(at.getTime() + 86_400_000),
      ],
    );
    await sends.add({ tenantId, messageId }, ONE_JOB);
    return {
      messaging_product: 'whatsapp',
      contacts: [{ input: body.to, wa_id: recipient }],
      messages: [{ id: messageId }],
    };
  }

  @Post('webhooks')
  @HttpCode(200)
  async webhook(
    @Req() request: RawBodyRequest<{ rawBody: Buffer }>,
    @Headers('x-hub-signature-256') signature: string,
    @Headers('x-tenant') tenantId: string,
    @Body() body: { entry: { changes: { field: string; value: { statuses: StatusChange[] } }[] }[] },
  ) {
    if (!isSignedBy(request.rawBody as Buffer, signature, [appSecret])) throw new Error('not signed');
    const change = body.entry[0]?.changes[0];
    for (const status of change?.value.statuses ?? []) await this.apply(tenantId, status, JSON.stringify(change));
    return {};
  }

  private async apply(tenantId: string, status: StatusChange, change: string): Promise<void> {
    const at = new Date();
    const eventId = newId(at);
    const told = await inTransaction(async (tx) => {
      await tx.query(
        `INSERT INTO meta_events (tenant_id, event_id, route, field, body, status) VALUES ($1, $2, 'number', 'messages', $3, 'done')`,
        [tenantId, eventId, change],
      );
      const ours = messageIdOfCallbackData(status.biz_opaque_callback_data);
      const { rows } = await tx.query(
        `SELECT * FROM messages WHERE tenant_id = $1 AND ${ours ? 'message_id' : 'meta_message_id'} = $2 FOR UPDATE`,
        [tenantId, ours ?? status.id],
      );
      const [message] = rows;
      if (!message) return [];
      await tx.query('UPDATE messages SET status = $3, status_at = $4 WHERE tenant_id = $1 AND message_id = $2', [
        tenantId,
        message.message_id,
        status.status,
        at,
      ]);
      await tx.query(
        `INSERT INTO message_events (tenant_id, message_id, kind, at, source, detail) VALUES ($1, $2, $3, $4, 'meta', $5)
         ON CONFLICT DO NOTHING`,
        [tenantId, message.message_id, status.status, at, JSON.stringify(status)],
      );
      if (status.status === 'delivered') {
        await tx.query(
          `INSERT INTO usage_facts (tenant_id, message_id, phone_number_id, waba_id, recipient, type, category, in_window,
                                    pricing, sent_at, delivered_at, status)
           VALUES ($1, $2, $3, $2, $4, $5, $6, true, $7, $8, $8, 'parked') ON CONFLICT DO NOTHING`,
          [
            tenantId,
            message.message_id,
            message.phone_number_id,
            message.recipient,
            message.type,
            message.category,
            JSON.stringify(status.pricing ?? null),
            at,
          ],
        );
      }
      await tx.query(
        `INSERT INTO tenant_events (tenant_id, event_id, kind, customer, body) VALUES ($1, $2, 'status', $3, $4)`,
        [tenantId, eventId, message.recipient, change],
      );
      const posts = await tx.query(
        `INSERT INTO webhook_deliveries (tenant_id, endpoint_id, event_id, customer, due_at)
         SELECT $1, endpoint_id, $2, $3, $4 FROM webhook_endpoints WHERE tenant_id = $1 AND enabled RETURNING endpoint_id`,
        [tenantId, eventId, message.recipient, at],
      );
      return posts.rows as { endpoint_id: string }[];
    });
    for (const { endpoint_id: endpointId } of told) await delivers.add({ tenantId, eventId, endpointId }, ONE_JOB);
  }
}

@Module({ controllers: [Conventional] })
class App {}

const app = await NestFactory.create(App, { rawBody: true, logger: ['error'] });
app.useGlobalPipes(new ValidationPipe({ transform: true, whitelist: true }));
await app.listen(0, '127.0.0.1');
console.log(`http://127.0.0.1:${(app.getHttpServer().address() as AddressInfo).port}`);
