import { randomBytes, randomInt } from 'node:crypto';

export type IdKind =
  | 'waba'
  | 'phone_number'
  | 'business'
  | 'template'
  | 'media'
  | 'catalogue'
  | 'allocation'
  | 'credit_line'
  | 'system_user'
  | 'upload';

// Only for the reader's eye: an id's first digit tells what it is. Meta's ids carry no such meaning.
const LEAD: Record<IdKind, string> = {
  waba: '1',
  phone_number: '2',
  business: '3',
  catalogue: '4',
  upload: '5',
  media: '6',
  template: '7',
  system_user: '8',
  credit_line: '9',
  allocation: '9',
};

/**
 * Ids look like Meta's (15 digits, a safe integer because template ids travel as JSON numbers) and differ from one run
 * to the next, because clients keep what an earlier run gave them.
 */
export class Ids {
  private next = (Date.now() % 10 ** 10) * 10_000;
  private readonly run = randomBytes(9);
  private messages = randomInt(2 ** 20);

  numeric(kind: IdKind): string {
    return LEAD[kind] + String(this.next++).padStart(14, '0');
  }

  /** `wamid.` and base64, opaque, as Meta's. */
  wamid(): string {
    return `wamid.${this.messageBytes('\x1d\x18').toString('base64')}`;
  }

  /** On-Premises ids have no `wamid.` (meta/onboarding.md §9). */
  onPremisesId(lead: 'gBEG' | 'ABGG'): string {
    return `${lead}${this.messageBytes('').toString('base64url')}`;
  }

  trace(): string {
    return `A${randomBytes(16).toString('base64url')}`;
  }

  token(prefix: string): string {
    return prefix + randomBytes(48).toString('base64url');
  }

  private messageBytes(lead: string): Buffer {
    const bytes = Buffer.alloc(lead.length + this.run.length + 6);
    bytes.write(lead, 0, 'latin1');
    this.run.copy(bytes, lead.length);
    bytes.writeUIntBE(this.messages++, lead.length + this.run.length, 6);
    return bytes;
  }
}
