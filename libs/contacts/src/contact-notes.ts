import { Inject, Injectable } from '@nestjs/common';
import { CLOCK, type Clock } from '#libs/clock';
import { newId } from '#libs/ids';
import type { Tx } from '#libs/persistence';

export interface ContactNote {
  /** Time-ordered. */
  noteId: string;
  text: string;
  /** `user:id` or `key:id`. */
  madeBy: string;
}

/** What a merchant's people write about a customer for each other; the one writer of notes. */
@Injectable()
export class ContactNotes {
  constructor(@Inject(CLOCK) private readonly clock: Clock) {}

  /** The newest first. `before` is the noteId where the last page ended. */
  async list(
    tx: Tx,
    tenantId: string,
    contactId: string,
    page: { before?: string | undefined; limit: number },
  ): Promise<ContactNote[]> {
    return tx.query(
      `SELECT note_id AS "noteId", text, made_by AS "madeBy" FROM contact_notes
        WHERE tenant_id = $1 AND contact_id = $2 AND ($3::uuid IS NULL OR note_id < $3) ORDER BY note_id DESC LIMIT $4`,
      [tenantId, contactId, page.before ?? null, page.limit],
    );
  }

  async add(tx: Tx, tenantId: string, contactId: string, note: Omit<ContactNote, 'noteId'>): Promise<ContactNote> {
    const noteId = newId(this.clock.now());
    await tx.query(
      'INSERT INTO contact_notes (tenant_id, note_id, contact_id, text, made_by) VALUES ($1, $2, $3, $4, $5)',
      [tenantId, noteId, contactId, note.text, note.madeBy],
    );
    return { noteId, ...note };
  }

  /** @returns false when the contact has no such note */
  async remove(tx: Tx, tenantId: string, contactId: string, noteId: string): Promise<boolean> {
    const [, count] = await tx.query(
      'DELETE FROM contact_notes WHERE tenant_id = $1 AND contact_id = $2 AND note_id = $3',
      [tenantId, contactId, noteId],
    );
    return count > 0;
  }
}
