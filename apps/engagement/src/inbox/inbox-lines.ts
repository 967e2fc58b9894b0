import { Injectable } from '@nestjs/common';
import { Contacts } from '#libs/contacts';
import { Refusal } from '#libs/http';
import { timeOfId } from '#libs/ids';
import { Database, type Tx } from '#libs/persistence';
import { Conversations } from '../conversations/conversations.js';
import { InboxConversations } from './inbox-conversations.js';
import { InboxEntries, type InboxEntry } from './inbox-entries.js';

/** One line of a conversation as the merchant's people see it. */
export interface InboxLine {
  lineId: string;
  /** `inside`: the customer does not see it. */
  direction: 'in' | 'out' | 'inside';
  at: Date;
  type: string;
  content: unknown;
  status?: string;
  made_by?: string;
}

const LONGEST_TRANSCRIPT = 1_000;

/** A conversation with what only the merchant's people see, in the order in which it happened. */
@Injectable()
export class InboxLines {
  constructor(
    private readonly db: Database,
    private readonly contacts: Contacts,
    private readonly conversations: InboxConversations,
    private readonly messages: Conversations,
    private readonly entries: InboxEntries,
  ) {}

  static ofEntry({ entryId, kind, body, madeBy }: InboxEntry): InboxLine {
    return { lineId: entryId, direction: 'inside', at: timeOfId(entryId), type: kind, content: body, made_by: madeBy };
  }

  /** Newest first. @throws Refusal 404 */
  of(tenantId: string, conversationId: string, page: { before?: string | undefined; limit: number }) {
    return this.db.inTenant(tenantId, (tx) => this.read(tx, tenantId, conversationId, page));
  }

  private async read(
    tx: Tx,
    tenantId: string,
    conversationId: string,
    page: { before?: string | undefined; limit: number },
  ): Promise<InboxLine[]> {
    const conversation = await this.conversations.find(tx, tenantId, conversationId);
    if (!conversation) throw Refusal.notFound('conversation');
    const contact = await this.contacts.find(tx, tenantId, conversation.contactId);
    const messages = await this.messages.of(tx, tenantId, contact?.identifiers ?? [], page);
    const written = messages.map(
      ({ lineId, direction, at, type, content, status }): InboxLine => ({
        lineId,
        direction,
        at,
        type,
        content,
        ...(status ? { status } : {}),
      }),
    );
    const inside = (await this.entries.list(tx, tenantId, conversationId, page)).map(InboxLines.ofEntry);
    return [...written, ...inside].sort((a, b) => (a.lineId < b.lineId ? 1 : -1)).slice(0, page.limit);
  }

  /** Oldest first, a line each; for people to keep. @throws Refusal 404 */
  async transcript(tenantId: string, conversationId: string): Promise<string> {
    const lines = await this.of(tenantId, conversationId, { limit: LONGEST_TRANSCRIPT });
    return lines
      .reverse()
      .map((line) => `${line.at.toISOString()} ${whoOf(line)}: ${wordsOf(line)}\n`)
      .join('');
  }
}

const whoOf = ({ direction, made_by: madeBy }: InboxLine): string =>
  direction === 'in' ? 'customer' : direction === 'out' ? 'us' : `(${madeBy})`;

function wordsOf({ type, content }: InboxLine): string {
  const { body, text } = (content ?? {}) as { body?: unknown; text?: unknown };
  const words = typeof body === 'string' ? body : typeof text === 'string' ? text : JSON.stringify(content);
  return type === 'text' || type === 'note' ? words : `[${type}] ${words}`;
}
