import { Inject, Injectable } from '@nestjs/common';
import { CLOCK, type Clock } from '#libs/clock';
import { newId } from '#libs/ids';
import type { Tx } from '#libs/persistence';

/** A file that goes with the text as its caption: Meta's id of one that was uploaded, or a link. */
export interface QuickReplyMedia {
  type: 'image' | 'video' | 'document';
  id?: string | undefined;
  link?: string | undefined;
}

/** An answer that agents give often. */
export interface QuickReply {
  quickReplyId: string;
  /** What an agent types: small letters. */
  shortcut: string;
  /** As in templates: `es`, `pt_BR`. */
  language: string;
  /** May hold `{{name}}` and other attributes of the contact. */
  text: string;
  media: QuickReplyMedia | null;
  madeBy: string;
  updatedAt: Date;
}

const COLUMNS = `quick_reply_id AS "quickReplyId", shortcut, language, text, media, made_by AS "madeBy", updated_at AS "updatedAt"`;
const escapeLike = (text: string): string => text.replaceAll(/[\\%_]/g, '\\$&');

/** The one writer of quick replies. */
@Injectable()
export class QuickReplies {
  constructor(@Inject(CLOCK) private readonly clock: Clock) {}

  /** Those whose shortcut begins so, in the order of the alphabet. */
  async search(
    tx: Tx,
    tenantId: string,
    { prefix, language, limit }: { prefix: string; language?: string | undefined; limit: number },
  ): Promise<QuickReply[]> {
    return tx.query(
      `SELECT ${COLUMNS} FROM quick_replies
        WHERE tenant_id = $1 AND shortcut LIKE $2 || '%' AND ($3::text IS NULL OR language = $3)
        ORDER BY shortcut, language LIMIT $4`,
      [tenantId, escapeLike(prefix.toLowerCase()), language ?? null, limit],
    );
  }

  /** The newest first. */
  async list(tx: Tx, tenantId: string, page: { before?: string | undefined; limit: number }): Promise<QuickReply[]> {
    return tx.query(
      `SELECT ${COLUMNS} FROM quick_replies WHERE tenant_id = $1 AND ($2::uuid IS NULL OR quick_reply_id < $2)
        ORDER BY quick_reply_id DESC LIMIT $3`,
      [tenantId, page.before ?? null, page.limit],
    );
  }

  async find(tx: Tx, tenantId: string, quickReplyId: string): Promise<QuickReply | undefined> {
    const [row]: QuickReply[] = await tx.query(
      `SELECT ${COLUMNS} FROM quick_replies WHERE tenant_id = $1 AND quick_reply_id = $2`,
      [tenantId, quickReplyId],
    );
    return row;
  }

  /** Makes one, or changes the one of this shortcut and language. */
  async put(tx: Tx, tenantId: string, reply: Omit<QuickReply, 'quickReplyId' | 'updatedAt'>): Promise<QuickReply> {
    const now = this.clock.now();
    const [row]: [QuickReply] = await tx.query(
      `INSERT INTO quick_replies (tenant_id, quick_reply_id, shortcut, language, text, media, made_by, updated_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
       ON CONFLICT (tenant_id, shortcut, language) DO UPDATE SET text = excluded.text, media = excluded.media,
         made_by = excluded.made_by, updated_at = excluded.updated_at
       RETURNING ${COLUMNS}`,
      [
        tenantId,
        newId(now),
        reply.shortcut,
        reply.language,
        reply.text,
        reply.media && JSON.stringify(reply.media),
        reply.madeBy,
        now,
      ],
    );
    return row;
  }

  async remove(tx: Tx, tenantId: string, quickReplyId: string): Promise<boolean> {
    const [, count] = await tx.query('DELETE FROM quick_replies WHERE tenant_id = $1 AND quick_reply_id = $2', [
      tenantId,
      quickReplyId,
    ]);
    return count > 0;
  }
}
