import type { Clock } from '#libs/clock';
import type { OnPremisesClient } from './on-premises-client.js';

// The client itself forgets a checked contact after 7 days (Meta, On-Premises contacts, stored copy of 2026-05).
const GOOD_FOR_MS = 7 * 86_400_000;
/** Whoever installs WhatsApp after a message was refused is found again after so long. */
const INVALID_FOR_MS = 60_000;
const AT_MOST = 50_000;

/**
 * The contacts check that clients before v2.39 want before the first message to a number. Answers are kept as long as the
 * client keeps them; questions of the moment about one number share one asking.
 */
export class CheckedContacts {
  private readonly known = new Map<string, { waId: string | undefined; until: number }>();
  private readonly asking = new Map<string, Promise<string | undefined>>();

  constructor(
    private readonly client: Pick<OnPremisesClient, 'checkContacts'>,
    private readonly clock: Pick<Clock, 'now'>,
  ) {}

  /**
   * @param digits a number with its country code
   * @returns the `wa_id` to send to; undefined for who is not on WhatsApp
   * @throws OnPremisesError, OnPremisesUnreachableError; Error when the client could not say
   */
  async waIdOf(digits: string): Promise<string | undefined> {
    const known = this.known.get(digits);
    if (known && known.until > this.clock.now().getTime()) return known.waId;
    let asked = this.asking.get(digits);
    if (!asked) {
      asked = this.ask(digits).finally(() => this.asking.delete(digits));
      this.asking.set(digits, asked);
    }
    return asked;
  }

  private async ask(digits: string): Promise<string | undefined> {
    const [contact] = await this.client.checkContacts([`+${digits}`], { blocking: 'wait' });
    if (contact?.status !== 'valid' && contact?.status !== 'invalid') {
      throw new Error(`the contacts check ended as ${contact?.status ?? 'nothing'}`);
    }
    const waId = contact.status === 'valid' ? (contact.wa_id ?? digits) : undefined;
    if (this.known.size >= AT_MOST) this.known.clear();
    const until = this.clock.now().getTime() + (waId === undefined ? INVALID_FOR_MS : GOOD_FOR_MS);
    this.known.set(digits, { waId, until });
    return waId;
  }
}
