import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Injectable } from '@nestjs/common';
import { createTransport } from 'nodemailer';
import { loadConfig } from '#libs/config';
import { Branding } from '#libs/provider-settings';
import type { AddressedLetter } from './letters.js';

/** Where letters leave: through SMTP, or into a folder where there is no mail server (development). */
@Injectable()
export class PostOffice {
  private readonly config = loadConfig(['SMTP_URL', 'MAIL_FROM', 'MAIL_OUTBOX_FOLDER']);
  private readonly transport = this.config.SMTP_URL
    ? createTransport(this.config.SMTP_URL)
    : createTransport({ streamTransport: true, buffer: true });

  constructor(private readonly branding: Branding) {}

  /** @throws Error when the mail server did not take it */
  async deliver(letter: AddressedLetter, letterId: string): Promise<void> {
    const from = { name: this.branding.name, address: this.config.MAIL_FROM };
    const host = this.config.MAIL_FROM.split('@')[1] ?? 'localhost';
    const sent = await this.transport.sendMail({
      from,
      to: { name: '', address: letter.to },
      subject: letter.subject,
      text: letter.text,
      messageId: `<${letterId}@${host}>`,
      headers: { 'Auto-Submitted': 'auto-generated' },
    });
    if (this.config.SMTP_URL) return;
    const folder = this.config.MAIL_OUTBOX_FOLDER;
    await mkdir(folder, { recursive: true });
    // Beside the message as it would have been sent, the same for people and tests to read.
    await writeFile(join(folder, `${letterId}.json`), `${JSON.stringify(letter, null, 2)}\n`);
    await writeFile(join(folder, `${letterId}.eml`), (sent as unknown as { message: Buffer }).message);
  }
}
