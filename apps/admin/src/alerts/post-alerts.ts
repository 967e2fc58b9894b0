import { Inject, Injectable } from '@nestjs/common';
import { Webhook } from 'standardwebhooks';
import { CLOCK, type Clock } from '#libs/clock';
import { loadConfig } from '#libs/config';
import type { AlertChannel, Moment } from './alert-channel.js';
import { KINDS } from './alert-kinds.js';
import type { Alert } from './alerts.js';

const TIMEOUT_MS = 10_000;

/** Posts alerts to the address of the settings, signed as Standard Webhooks says (standardwebhooks.com, 2026-11). */
@Injectable()
export class PostAlerts implements AlertChannel {
  private readonly config = loadConfig(['ALERT_WEBHOOK_URL', 'ALERT_WEBHOOK_SECRET']);

  constructor(@Inject(CLOCK) private readonly clock: Clock) {}

  async send({ id, tenantId, kind, subject, value }: Alert, what: Moment, at: Date): Promise<void> {
    const { ALERT_WEBHOOK_URL: url, ALERT_WEBHOOK_SECRET: secret } = this.config;
    if (url === '') return;
    const messageId = `${id}.${what}`;
    const sentAt = this.clock.now();
    const data = { id, tenant_id: tenantId, kind, means: KINDS[kind].means, subject, value };
    const body = JSON.stringify({ type: `alert.${what}`, timestamp: at.toISOString(), data });
    const answer = await fetch(url, {
      method: 'POST',
      body,
      signal: AbortSignal.timeout(TIMEOUT_MS),
      redirect: 'error',
      headers: {
        'content-type': 'application/json',
        'webhook-id': messageId,
        'webhook-timestamp': String(Math.floor(sentAt.getTime() / 1_000)),
        ...(secret === '' ? {} : { 'webhook-signature': new Webhook(secret).sign(messageId, sentAt, body) }),
      },
    });
    await answer.body?.cancel();
    if (!answer.ok) throw new Error(`the address of alerts answered ${answer.status}`);
  }
}
