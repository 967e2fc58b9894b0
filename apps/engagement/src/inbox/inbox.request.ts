import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Transform, Type } from 'class-transformer';
import {
  ArrayMaxSize,
  IsArray,
  IsBoolean,
  IsIn,
  IsInt,
  IsObject,
  IsOptional,
  IsString,
  IsUUID,
  Length,
  Matches,
  Max,
  MaxLength,
  Min,
  ValidateNested,
} from 'class-validator';
import { PageRequest } from '#libs/http';
import { ASSIGNMENTS, type Assignment } from './choose-agent.js';
import { DOINGS, type Doing } from './live-updates.js';
import { PRIORITIES, type Priority, TICKET_STATUSES, type TicketStatus } from './ticket.js';

const OWNERS = ['nobody', 'bot', 'agent', 'desk'] as const;

export class ListConversationsRequest extends PageRequest {
  @ApiPropertyOptional({ enum: OWNERS }) @IsOptional() @IsIn(OWNERS) owner?: (typeof OWNERS)[number];
  @ApiPropertyOptional({ description: 'Id of a user' }) @IsOptional() @IsUUID() agent?: string;
  @ApiPropertyOptional() @IsOptional() @IsUUID() team?: string;
  @ApiPropertyOptional() @IsOptional() @IsString() @MaxLength(50) label?: string;
  @ApiPropertyOptional({ description: 'Whether people still have to do something' })
  @IsOptional()
  @Transform(({ value }) => (value === 'true' ? true : value === 'false' ? false : value))
  @IsBoolean()
  unsolved?: boolean;
}

export class OpenConversationRequest {
  @ApiProperty() @IsUUID() contact_id: string;
  @ApiProperty({ description: "Meta's id of your number" }) @IsString() @Length(1, 30) phone_number_id: string;
}

const TO = ['me', 'agent', 'team', 'queue', 'bot', 'desk'] as const;

export class GiveRequest {
  @ApiProperty({ enum: TO, description: '`desk`: people who answer in another system' })
  @IsIn(TO)
  to: (typeof TO)[number];
  @ApiPropertyOptional({ description: 'Id of the user, for `agent`' }) @IsOptional() @IsUUID() agent?: string;
  @ApiPropertyOptional({ description: 'Id of the team, for `team`' }) @IsOptional() @IsUUID() team?: string;
  @ApiPropertyOptional({ type: [String] })
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(20)
  @IsString({ each: true })
  skills?: string[];
  @ApiPropertyOptional() @IsOptional() @IsString() @MaxLength(500) why?: string;
}

export class ReplyRequest {
  @ApiPropertyOptional({ maxLength: 4_096 }) @IsOptional() @IsString() @Length(1, 4_096) text?: string;
  @ApiPropertyOptional({
    type: 'object',
    additionalProperties: true,
    description: "Instead of `text`: the Cloud API's message without `to`, such as a template or an image",
  })
  @IsOptional()
  @IsObject()
  message?: Record<string, unknown>;
  @ApiPropertyOptional({ description: '`last_line_id` as you saw it: with anything newer nothing is sent (409)' })
  @IsOptional()
  @IsUUID()
  seen_line_id?: string;
  @ApiPropertyOptional({ description: "Answer although the conversation is a colleague's" })
  @IsOptional()
  @IsBoolean()
  take?: boolean;
}

export class InboxNoteRequest {
  @ApiProperty({ maxLength: 4_000 }) @IsString() @Length(1, 4_000) text: string;
}

export class LabelsRequest {
  @ApiProperty({ type: [String] })
  @IsArray()
  @ArrayMaxSize(20)
  @IsString({ each: true })
  @Length(1, 50, { each: true })
  labels: string[];
}

export class PresenceRequest {
  @ApiProperty({ enum: DOINGS }) @IsIn(DOINGS) doing: Doing;
}

export class ListTicketsRequest extends PageRequest {
  @ApiPropertyOptional({ enum: TICKET_STATUSES }) @IsOptional() @IsIn(TICKET_STATUSES) status?: TicketStatus;
  @ApiPropertyOptional() @IsOptional() @IsUUID() conversation?: string;
}

export class ChangeTicketRequest {
  @ApiPropertyOptional({ enum: TICKET_STATUSES }) @IsOptional() @IsIn(TICKET_STATUSES) status?: TicketStatus;
  @ApiPropertyOptional({ enum: PRIORITIES }) @IsOptional() @IsIn(PRIORITIES) priority?: Priority;
  @ApiPropertyOptional() @IsOptional() @IsString() @Length(1, 200) subject?: string;
}

export class AgentRequest {
  @ApiProperty({ description: 'As colleagues see them' }) @IsString() @Length(1, 100) name: string;
  @ApiProperty() @IsBoolean() available: boolean;
  @ApiProperty({ type: [String] })
  @IsArray()
  @ArrayMaxSize(50)
  @IsString({ each: true })
  @Length(1, 50, { each: true })
  skills: string[];
  @ApiProperty({ description: 'So many conversations are given to them at a time', minimum: 1, maximum: 1_000 })
  @IsInt()
  @Min(1)
  @Max(1_000)
  capacity: number;
}

export class AvailabilityRequest {
  @ApiProperty() @IsBoolean() available: boolean;
}

export class TeamRequest {
  @ApiProperty() @IsString() @Length(1, 100) name: string;
  @ApiProperty({ enum: ASSIGNMENTS }) @IsIn(ASSIGNMENTS) assignment: Assignment;
  @ApiProperty({ type: [String], description: 'Ids of users who are agents' })
  @IsArray()
  @ArrayMaxSize(500)
  @IsUUID(undefined, { each: true })
  members: string[];
}

class SpanRequest {
  @ApiProperty({ description: 'Minutes since midnight', minimum: 0, maximum: 1_439 })
  @IsInt()
  @Min(0)
  @Max(1_439)
  from: number;
  @ApiProperty({ description: 'Until, not including', minimum: 1, maximum: 1_440 })
  @IsInt()
  @Min(1)
  @Max(1_440)
  to: number;
}

class DayRequest {
  @ApiProperty({ description: '0 is Sunday', minimum: 0, maximum: 6 }) @IsInt() @Min(0) @Max(6) weekday: number;
  @ApiProperty({ type: [SpanRequest] })
  @IsArray()
  @ArrayMaxSize(10)
  @IsObject({ each: true })
  @ValidateNested({ each: true })
  @Type(() => SpanRequest)
  spans: SpanRequest[];
}

class WorkingHoursRequest {
  @ApiProperty({ example: 'America/Mexico_City' }) @IsString() @MaxLength(60) time_zone: string;
  @ApiProperty({ type: [DayRequest] })
  @IsArray()
  @ArrayMaxSize(7)
  @IsObject({ each: true })
  @ValidateNested({ each: true })
  @Type(() => DayRequest)
  days: DayRequest[];
  @ApiProperty({ type: [String], example: ['2026-12-25'] })
  @IsArray()
  @ArrayMaxSize(366)
  @Matches(/^\d{4}-\d{2}-\d{2}$/, { each: true, message: 'each of holidays must be YYYY-MM-DD' })
  holidays: string[];
}

class ServiceTimeRequest {
  @ApiProperty({ enum: PRIORITIES }) @IsIn(PRIORITIES) priority: Priority;
  @ApiPropertyOptional({ description: 'Minutes of work', type: Number, nullable: true })
  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(100_000)
  first_reply?: number | null;
  @ApiPropertyOptional({ description: 'Minutes of work', type: Number, nullable: true })
  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(100_000)
  solve?: number | null;
}

export class InboxSettingsRequest {
  @ApiProperty({ enum: ['inbox', 'outside'], description: '`outside`: your people answer in another system' })
  @IsIn(['inbox', 'outside'])
  desk: 'inbox' | 'outside';
  @ApiPropertyOptional({ type: WorkingHoursRequest, nullable: true })
  @IsOptional()
  @IsObject()
  @ValidateNested()
  @Type(() => WorkingHoursRequest)
  working_hours?: WorkingHoursRequest | null;
  @ApiPropertyOptional({ type: String, nullable: true, maxLength: 1_000 })
  @IsOptional()
  @IsString()
  @Length(1, 1_000)
  away_message?: string | null;
  @ApiPropertyOptional({ type: String, nullable: true }) @IsOptional() @IsUUID() team?: string | null;
  @ApiPropertyOptional({ type: [ServiceTimeRequest] })
  @IsOptional()
  @IsArray()
  @IsObject({ each: true })
  @ValidateNested({ each: true })
  @Type(() => ServiceTimeRequest)
  service_times?: ServiceTimeRequest[];
}
