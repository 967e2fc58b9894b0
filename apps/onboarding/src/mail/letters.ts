import { Inject, Injectable } from '@nestjs/common';
import { CLOCK, type Clock } from '#libs/clock';
import { newId } from '#libs/ids';
import { Database, type Tx } from '#libs/persistence';
import { Vault } from '#libs/vault';
import { Letter } from './letter.entity.js';

export interface LetterText {
  subject: string;
  text: string;
}
export interface AddressedLetter extends LetterText {
  to: string;
}

/** Waits before attempt 2, 3, ...; the last one repeats, because a mail server may be away for a day. */
const RETRY_AFTER_MS = [10_000, 60_000, 300_000, 1_800_000, 3_600_000];
const MOST_ATTEMPTS = 30;
const context = (letterId: string) => `letter:${letterId}`;

/** The one writer of letters: what is to be sent is committed with what it tells of, and sent by the worker. */
@Injectable()
export class Letters {
  constructor(
    private readonly db: Database,
    private readonly vault: Vault,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** Puts a letter in the post, in the caller's transaction. */
  async post(tx: Tx, tenantId: string, letter: AddressedLetter): Promise<void> {
    const now = this.clock.now();
    const letterId = newId(now);
    const sealed = this.vault.seal(JSON.stringify(letter), context(letterId));
    await tx.getRepository(Letter).insert({ tenantId, letterId, sealed, dueAt: now, attempts: 0, sentAt: null });
  }

  /** Letters that are to be sent now, oldest first. */
  async due(): Promise<{ tenantId: string; letterId: string }[]> {
    const rows = await this.db.query<{ tenant_id: string; letter_id: string }>(
      'SELECT tenant_id, letter_id FROM door_letters_due($1)',
      [this.clock.now()],
    );
    return rows.map((r) => ({ tenantId: r.tenant_id, letterId: r.letter_id }));
  }

  /**
   * Sends one letter. A crash after the mail server took it and before that is written down sends it twice, with the same
   * Message-ID.
   */
  async send(
    tenantId: string,
    letterId: string,
    deliver: (letter: AddressedLetter, letterId: string) => Promise<void>,
  ): Promise<void> {
    const letter = await this.db.inTenant(tenantId, (tx) => tx.getRepository(Letter).findOneBy({ tenantId, letterId }));
    if (!letter || letter.sentAt) return;
    const change: Partial<Letter> = {};
    let failure: unknown;
    try {
      await deliver(JSON.parse(this.vault.open(letter.sealed, context(letterId))) as AddressedLetter, letterId);
      Object.assign(change, { sentAt: this.clock.now(), sealed: '' });
    } catch (error) {
      failure = error;
      const attempts = letter.attempts + 1;
      const wait = RETRY_AFTER_MS[Math.min(attempts, RETRY_AFTER_MS.length) - 1] as number;
      const dueAt = new Date(this.clock.now().getTime() + wait);
      // What could not be sent for a day is given up: its links have no use any more.
      Object.assign(change, { attempts, dueAt }, attempts >= MOST_ATTEMPTS ? { sentAt: dueAt, sealed: '' } : {});
    }
    await this.db.inTenant(tenantId, (tx) => tx.getRepository(Letter).update({ tenantId, letterId }, change));
    if (failure) throw failure;
  }
}
