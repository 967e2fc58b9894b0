import { Inject, Injectable } from '@nestjs/common';
import { CLOCK, type Clock } from '#libs/clock';
import { timeOfId } from '#libs/ids';
import { Inbound } from '#libs/inbound';
import { kindOfType, type MediaKind, type MediaRow, MediaStore } from '#libs/media-store';
import { messageIdOf, Outbox } from '#libs/outbox';
import { Database } from '#libs/persistence';
import { Remembered } from '../channels/remembered.js';
import { refuse } from '../graph-envelope/refuse.js';
import { filesNamedIn } from '../media/media-ids.js';
import type { Fields } from './problems.js';
import type { MessageRequest } from './read-message.js';

// Meta, "Reaction messages", 2025-11: the target is at most so old, and is no reaction itself; otherwise 131009.
const REACT_WITHIN_MS = 30 * 86_400_000;
const REMEMBER_MS = 10_000;

/**
 * Looks at what a message names by an id: the files that it shows, the message that it reacts to. What is not known here
 * may be known to Meta (an id from before the number came to us), so only what is known and does not fit is refused.
 */
@Injectable()
export class NamedObjects {
  private readonly files = new Remembered<MediaRow>(REMEMBER_MS);

  constructor(
    private readonly db: Database,
    private readonly outbox: Outbox,
    private readonly inbound: Inbound,
    private readonly media: MediaStore,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** @throws Refusal 131009 for a target that cannot be reacted to, 131053 for a file of another kind than it is sent as */
  async require(tenantId: string, { type, body }: MessageRequest & { kind: 'message' }): Promise<void> {
    // Most messages name nothing, and must not pay for those that do.
    if (type === 'text') return;
    if (type === 'reaction') await this.requireTarget(tenantId, body.reaction as Fields);
    else await this.requireFiles(tenantId, body);
  }

  private async requireTarget(tenantId: string, { message_id: target, emoji }: Fields): Promise<void> {
    // A reaction is taken back from whatever it stands on.
    if (typeof target !== 'string' || emoji === '') return;
    const found = await this.targetOf(tenantId, target);
    if (!found) return;
    if (found.type === 'reaction') {
      throw refuse(
        'invalid_value',
        'reaction.message_id: is itself a reaction. React to the message that it is about.',
      );
    }
    if (this.clock.now().getTime() - found.at.getTime() > REACT_WITHIN_MS) {
      throw refuse(
        'invalid_value',
        `reaction.message_id: that message is of ${found.at.toISOString()}; only those of the last 30 days can be reacted to.`,
      );
    }
  }

  private targetOf(tenantId: string, target: string): Promise<{ type: string; at: Date } | undefined> {
    const ours = messageIdOf(target);
    return this.db.inTenant(tenantId, async (tx) => {
      if (ours === undefined) return this.inbound.findByMetaId(tx, tenantId, target);
      const message = await this.outbox.find(tx, tenantId, ours);
      return message && { type: message.type, at: timeOfId(ours) };
    });
  }

  private async requireFiles(tenantId: string, body: Fields): Promise<void> {
    for (const { sentAs, object } of filesNamedIn(body)) {
      const id = String(object.id);
      const row = await this.files.get(`${tenantId} ${id}`, () => this.media.find(tenantId, id));
      if (!row) continue;
      const kind = kindOfType(row.mimeType);
      // Any file may go as a document.
      if (sentAs !== 'document' && kind !== undefined && kind !== sentAs) {
        throw refuse('media_rejected', `${sentAs}.id: is a file of type ${row.mimeType}. Send it as ${article(kind)}.`);
      }
      if (object.voice === true && !row.mimeType.startsWith('audio/ogg')) {
        throw refuse(
          'media_rejected',
          `audio.voice: takes Ogg audio encoded with OPUS; this file is of type ${row.mimeType}. Send it without voice.`,
        );
      }
    }
  }
}

const article = (kind: MediaKind): string => (/^[aeiou]/.test(kind) ? `an ${kind}` : `a ${kind}`);
