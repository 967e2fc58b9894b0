import { ApiProperty } from '@nestjs/swagger';
import { timeOfId } from '#libs/ids';
import { ASSIGNMENTS, type Assignment } from './choose-agent.js';
import type { InboxConversation } from './inbox-conversations.js';
import type { InboxAgent, InboxTeam } from './inbox-teams.js';
import type { OwnerKind } from './owner.js';
import type { InboxSettings } from './settings.js';
import { PRIORITIES, type Priority, TICKET_STATUSES, type TicketStatus } from './ticket.js';
import type { Ticket } from './tickets.js';

export class InboxConversationResponse {
  @ApiProperty() id: string;
  @ApiProperty() contact_id: string;
  @ApiProperty({ description: "Meta's id of your number", nullable: true, type: String }) phone_number_id:
    | string
    | null;
  @ApiProperty({ description: 'Digits or a business-scoped user id' }) customer: string;
  @ApiProperty({ enum: ['nobody', 'bot', 'agent', 'desk'] }) owner: OwnerKind;
  @ApiProperty({ type: String, nullable: true, description: 'Id of the user' }) agent: string | null;
  @ApiProperty({ type: String, nullable: true }) team: string | null;
  @ApiProperty({ type: [String] }) labels: string[];
  @ApiProperty() unread: number;
  @ApiProperty({ description: 'The newest message; send it as `seen_line_id` with a reply' }) last_line_id: string;
  @ApiProperty() last_at: Date;

  static of(c: InboxConversation, metaIds: ReadonlyMap<string, string>): InboxConversationResponse {
    return {
      id: c.conversationId,
      contact_id: c.contactId,
      phone_number_id: metaIds.get(c.phoneNumberId) ?? null,
      customer: c.customer,
      owner: c.ownerKind,
      agent: c.ownerAgent,
      team: c.teamId,
      labels: c.labels,
      unread: c.unread,
      last_line_id: c.lastLineId,
      last_at: timeOfId(c.lastLineId),
    };
  }
}

export class InboxConversationPageResponse {
  @ApiProperty({ type: [InboxConversationResponse] }) data: InboxConversationResponse[];
  @ApiProperty({ type: String, nullable: true }) next: string | null;
}

export class InboxLineResponse {
  @ApiProperty() id: string;
  @ApiProperty({ enum: ['in', 'out', 'inside'], description: '`inside`: the customer does not see it' })
  direction: 'in' | 'out' | 'inside';
  @ApiProperty() at: Date;
  @ApiProperty({ description: 'Of the message; or note, owner_changed, ticket_changed, ticket_late, labels_changed' })
  type: string;
  @ApiProperty({ type: 'object', additionalProperties: true, nullable: true }) content: unknown;
  @ApiProperty({ required: false }) status?: string;
  @ApiProperty({ required: false, description: '`user:id`, `key:id`, `bot:id` or `paloma`' }) made_by?: string;
}

export class InboxLinePageResponse {
  @ApiProperty({ type: [InboxLineResponse] }) data: InboxLineResponse[];
  @ApiProperty({ type: String, nullable: true }) next: string | null;
}

export class ReplyResponse {
  @ApiProperty({ description: 'As on the messaging API' }) id: string;
  @ApiProperty() line_id: string;
}

export class PresentResponse {
  @ApiProperty({ description: '`user:id` or `key:id`' }) agent: string;
  @ApiProperty({ enum: ['viewing', 'typing'] }) doing: string;
}

export class PresenceResponse {
  @ApiProperty({ type: [PresentResponse], description: 'Who else looks at it or writes in it' })
  others: PresentResponse[];
}

export class TicketResponse {
  @ApiProperty() id: string;
  @ApiProperty() conversation_id: string;
  @ApiProperty({ type: String, nullable: true }) subject: string | null;
  @ApiProperty({ enum: TICKET_STATUSES }) status: TicketStatus;
  @ApiProperty({ enum: PRIORITIES }) priority: Priority;
  @ApiProperty() opened_at: Date;
  @ApiProperty({ type: Date, nullable: true }) first_reply_due_at: Date | null;
  @ApiProperty({ type: Date, nullable: true }) first_replied_at: Date | null;
  @ApiProperty({ type: Date, nullable: true }) solve_due_at: Date | null;
  @ApiProperty({ type: Date, nullable: true }) solved_at: Date | null;

  static of(t: Ticket): TicketResponse {
    return {
      id: t.ticketId,
      conversation_id: t.conversationId,
      subject: t.subject,
      status: t.status,
      priority: t.priority,
      opened_at: t.openedAt,
      first_reply_due_at: t.firstReplyDueAt,
      first_replied_at: t.firstRepliedAt,
      solve_due_at: t.solveDueAt,
      solved_at: t.solvedAt,
    };
  }
}

export class TicketPageResponse {
  @ApiProperty({ type: [TicketResponse] }) data: TicketResponse[];
  @ApiProperty({ type: String, nullable: true }) next: string | null;
}

export class AgentResponse {
  @ApiProperty({ description: 'Of the user' }) id: string;
  @ApiProperty() name: string;
  @ApiProperty() available: boolean;
  @ApiProperty({ type: [String] }) skills: string[];
  @ApiProperty() capacity: number;
  @ApiProperty({ description: 'Conversations that are theirs now' }) load: number;

  static of({ userId, ...agent }: InboxAgent): AgentResponse {
    return { id: userId, ...agent };
  }
}

export class AgentListResponse {
  @ApiProperty({ type: [AgentResponse] }) data: AgentResponse[];
}

export class TeamResponse {
  @ApiProperty() id: string;
  @ApiProperty() name: string;
  @ApiProperty({ enum: ASSIGNMENTS }) assignment: Assignment;
  @ApiProperty({ type: [String] }) members: string[];

  static of({ teamId, ...team }: InboxTeam): TeamResponse {
    return { id: teamId, ...team };
  }
}

export class TeamListResponse {
  @ApiProperty({ type: [TeamResponse] }) data: TeamResponse[];
}

export class InboxSettingsResponse {
  @ApiProperty({ enum: ['inbox', 'outside'] }) desk: 'inbox' | 'outside';
  @ApiProperty({ type: 'object', additionalProperties: true, nullable: true }) working_hours: object | null;
  @ApiProperty({ type: String, nullable: true }) away_message: string | null;
  @ApiProperty({ type: String, nullable: true }) team: string | null;
  @ApiProperty({ type: 'array', items: { type: 'object', additionalProperties: true } }) service_times: object[];

  static of({ desk, workingHours, awayMessage, teamId, serviceTimes }: InboxSettings): InboxSettingsResponse {
    return {
      desk,
      working_hours: workingHours && {
        time_zone: workingHours.timeZone,
        days: workingHours.week.map((spans, weekday) => ({ weekday, spans })),
        holidays: workingHours.holidays,
      },
      away_message: awayMessage,
      team: teamId,
      service_times: PRIORITIES.map((priority) => {
        const { firstReply, solve } = serviceTimes[priority];
        return { priority, first_reply: firstReply, solve };
      }),
    };
  }
}
