import { Injectable } from '@nestjs/common';
import { createTransport } from 'nodemailer';
import { loadConfig } from '#libs/config';
import { Branding } from '#libs/provider-settings';
import type { AlertChannel, Moment } from './alert-channel.js';
import { KINDS } from './alert-kinds.js';
import type { Alert } from './alerts.js';

const SUBJECTS: Readonly<Record<Moment, string>> = { raised: 'Alert', cleared: 'All clear' };

/** Sends alerts to the mailboxes of the settings; without a mail server to none. */
@Injectable()
export class MailAlerts implements AlertChannel {
  private readonly config = loadConfig(['ALERT_EMAILS', 'SMTP_URL', 'MAIL_FROM']);

  constructor(private readonly branding: Branding) {}

  async send(alert: Alert, what: Moment): Promise<void> {
    const { ALERT_EMAILS: to, SMTP_URL, MAIL_FROM: address } = this.config;
    if (to.length === 0 || SMTP_URL === '') return;
    await createTransport(SMTP_URL).sendMail({
      from: { name: this.branding.name, address },
      to: [...to],
      messageId: `<${alert.id}.${what}@${address.split('@')[1] ?? 'localhost'}>`,
      subject: `${SUBJECTS[what]}: ${alert.kind} (${alert.subject})`,
      text: [
        `${KINDS[alert.kind].means}: ${alert.value}`,
        `Tenant ${alert.tenantId}, ${alert.subject}`,
        `Raised ${alert.raisedAt.toISOString()}${alert.clearedAt ? `, cleared ${alert.clearedAt.toISOString()}` : ''}`,
      ].join('\n'),
      headers: { 'Auto-Submitted': 'auto-generated' },
    });
  }
}
