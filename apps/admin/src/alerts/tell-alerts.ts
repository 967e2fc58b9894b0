import { Inject, Injectable } from '@nestjs/common';
import { createTransport } from 'nodemailer';
import { Webhook } from 'standardwebhooks';
import { CLOCK, type Clock } from '#libs/clock';
import { loadConfig } from '#libs/config';
import { Branding } from '#libs/provider-settings';
import { KINDS } from './alert-kinds.js';
import { type Alert, Alerts } from './alerts.js';

const AT_A_TIME = 50;
const TIMEOUT_MS = 10_000;

/**
 * Tells the beginning and the end of occurrences, to the address and the mailboxes of the settings. What is not taken is told
 * again at the next turn, so a beginning may be told twice, by the same `webhook-id`, and is never lost.
 */
@Injectable()
export class TellAlerts {
  private readonly config = loadConfig([
    'ALERT_WEBHOOK_URL',
    'ALERT_WEBHOOK_SECRET',
    'ALERT_EMAILS',
    'SMTP_URL',
    'MAIL_FROM',
  ]);

  constructor(
    private readonly alerts: Alerts,
    private readonly branding: Branding,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async run(): Promise<void> {
    for (const alert of await this.alerts.untold(AT_A_TIME)) {
      if (!alert.toldRaisedAt) await this.tell(alert, 'raised', alert.raisedAt);
      if (alert.clearedAt) await this.tell(alert, 'cleared', alert.clearedAt);
    }
  }

  /** @throws Error when one of them does not take it */
  private async tell(alert: Alert, what: 'raised' | 'cleared', at: Date): Promise<void> {
    await this.post(alert, what, at);
    await this.mail(alert, what);
    await this.alerts.told(alert, what);
  }

  /** Signed as Standard Webhooks says (standardwebhooks.com, 2026-11). */
  private async post({ id, tenantId, kind, subject, value }: Alert, what: string, at: Date): Promise<void> {
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

  private async mail(alert: Alert, what: 'raised' | 'cleared'): Promise<void> {
    const { ALERT_EMAILS: to, SMTP_URL, MAIL_FROM: address } = this.config;
    if (to.length === 0 || SMTP_URL === '') return;
    await createTransport(SMTP_URL).sendMail({
      from: { name: this.branding.name, address },
      to: [...to],
      messageId: `<${alert.id}.${what}@${address.split('@')[1] ?? 'localhost'}>`,
      subject: `${what === 'raised' ? 'Alert' : 'All clear'}: ${alert.kind} (${alert.subject})`,
      text: [
        `${KINDS[alert.kind].means}: ${alert.value}`,
        `Tenant ${alert.tenantId}, ${alert.subject}`,
        `Raised ${alert.raisedAt.toISOString()}${alert.clearedAt ? `, cleared ${alert.clearedAt.toISOString()}` : ''}`,
      ].join('\n'),
    });
  }
}
