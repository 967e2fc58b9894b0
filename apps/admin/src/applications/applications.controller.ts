import { Body, Controller, Get, HttpCode, Inject, Param, Post, Query, Res } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiProperty, ApiPropertyOptional, ApiTags } from '@nestjs/swagger';
import { IsEmail, IsIn, IsString, Length, MaxLength } from 'class-validator';
import type { FastifyReply } from 'fastify';
import { type Application, Applications } from '#libs/applications';
import { CLOCK, type Clock } from '#libs/clock';
import { MayBeAbsent, Refusal, UuidPipe } from '#libs/http';
import { Database } from '#libs/persistence';
import { Needs, ReasonRequest, Staff, type StaffCaller } from '#libs/staff';
import { DecideApplication } from './decide-application.js';

const OPEN = ['waiting', 'claimed', 'question'] as const;
const STATES = [...OPEN, 'approved', 'declined', 'withdrawn'] as const;
const LISTED = 200;

class QueueRequest {
  @ApiPropertyOptional({ enum: STATES, description: 'Without it all that are not decided' })
  @MayBeAbsent()
  @IsIn(STATES)
  state?: (typeof STATES)[number];
}
class SaidRequest {
  @ApiProperty({ description: 'The question, or the reason; the merchant reads it where it is asked or declined' })
  @IsString()
  @Length(3, 2_000)
  reason: string;
}

class ReassignRequest extends ReasonRequest {
  @ApiPropertyOptional({ example: 'ana@paloma.example', description: 'A colleague who may decide; yourself if absent' })
  @MayBeAbsent()
  @IsEmail()
  @MaxLength(254)
  to?: string;
}

/** The queue of merchants who applied to be connected by the provider. */
@ApiTags('applications')
@ApiBearerAuth()
@Controller('admin/v1/applications')
export class ApplicationsController {
  constructor(
    private readonly applications: Applications,
    private readonly decide: DecideApplication,
    private readonly db: Database,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** Applications that are not decided, what is due first first; those of a decided state, what was decided last first. At most 200. */
  @Get()
  @Needs('applications.read')
  @ApiOperation({ summary: 'See the queue' })
  async queue(@Query() { state }: QueueRequest) {
    const found = await this.db.asStaff((tx) => this.applications.queue(tx, state ? [state] : OPEN, LISTED));
    return { data: found.map((a) => this.row(a)) };
  }

  /** One application with its documents, what the screening saw and what was said. */
  @Get(':id')
  @Needs('applications.read')
  @ApiOperation({ summary: 'See an application' })
  async one(@Param('id', UuidPipe) id: string) {
    const found = await this.db.asStaff((tx) => this.applications.find(tx, id));
    if (!found) throw Refusal.notFound('application');
    const { application: a, entries, documents } = found;
    return {
      ...this.row(a),
      registration_number: a.registrationNumber,
      website: a.website,
      contact: { name: a.contactName, email: a.contactEmail },
      phone: a.phone,
      display_name: a.displayName,
      monthly_messages: a.monthlyMessages,
      trade: a.trade,
      use_cases: a.useCases,
      reason: a.reason,
      signup_id: a.signupId,
      documents: documents.map((d) => ({ id: d.documentId, name: d.name, type: d.type, created_at: d.createdAt })),
      timeline: entries.map((e) => ({ at: e.at, who: e.who, what: e.what, said: e.said })),
    };
  }

  /** A document, as a download and never as a page. */
  @Get(':id/documents/:document')
  @Needs('applications.read')
  @ApiOperation({ summary: 'Fetch a document' })
  async document(
    @Param('id', UuidPipe) id: string,
    @Param('document', UuidPipe) documentId: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const found = await this.db.asStaff((tx) => this.applications.bytesOf(tx, id, documentId));
    if (!found) throw Refusal.notFound('document');
    void reply
      .header('content-type', found.type)
      .header('content-disposition', `attachment; filename*=UTF-8''${encodeURIComponent(found.name)}`)
      .header('x-content-type-options', 'nosniff')
      .header('content-security-policy', "default-src 'none'; sandbox")
      .send(found.bytes);
  }

  /** Takes an application on; nobody else decides it then. */
  @Post(':id/claim')
  @HttpCode(200)
  @Needs('applications.decide')
  @ApiOperation({ summary: 'Claim an application' })
  claim(@Param('id', UuidPipe) id: string, @Staff() staff: StaffCaller) {
    return this.decide.run({ applicationId: id, move: 'claim', staff, reason: 'claimed' });
  }

  /** Gives a claimed application back to the queue. */
  @Post(':id/put-back')
  @HttpCode(200)
  @Needs('applications.decide')
  @ApiOperation({ summary: 'Put an application back' })
  putBack(@Param('id', UuidPipe) id: string, @Staff() staff: StaffCaller) {
    return this.decide.run({ applicationId: id, move: 'put-back', staff, reason: 'put back' });
  }

  /** Gives a claimed application to a colleague, or takes it over from one who is not there; its clock goes on. */
  @Post(':id/reassign')
  @HttpCode(200)
  @Needs('applications.decide')
  @ApiOperation({ summary: 'Reassign an application' })
  reassign(@Param('id', UuidPipe) id: string, @Body() { to, reason }: ReassignRequest, @Staff() staff: StaffCaller) {
    return this.decide.run({ applicationId: id, move: 'reassign', to, staff, reason });
  }

  /** Asks the merchant for something; the clock stands still until the answer. */
  @Post(':id/ask')
  @HttpCode(200)
  @Needs('applications.decide')
  @ApiOperation({ summary: 'Ask the merchant' })
  ask(@Param('id', UuidPipe) id: string, @Body() { reason }: SaidRequest, @Staff() staff: StaffCaller) {
    return this.decide.run({ applicationId: id, move: 'ask', staff, reason });
  }

  /** Approves: account and number are made at Meta, and the merchant is asked to prove the number. */
  @Post(':id/approve')
  @HttpCode(200)
  @Needs('applications.decide')
  @ApiOperation({ summary: 'Approve an application' })
  approve(@Param('id', UuidPipe) id: string, @Body() { reason }: SaidRequest, @Staff() staff: StaffCaller) {
    return this.decide.run({ applicationId: id, move: 'approve', staff, reason });
  }

  /** Declines with a reason that the merchant reads. */
  @Post(':id/decline')
  @HttpCode(200)
  @Needs('applications.decide')
  @ApiOperation({ summary: 'Decline an application' })
  decline(@Param('id', UuidPipe) id: string, @Body() { reason }: SaidRequest, @Staff() staff: StaffCaller) {
    return this.decide.run({ applicationId: id, move: 'decline', staff, reason });
  }

  private row(a: Application) {
    const from = a.pausedAt ?? this.clock.now();
    return {
      id: a.applicationId,
      tenant_id: a.tenantId,
      state: a.state,
      company: a.company,
      country: a.country,
      claimed_by: a.claimedBy,
      findings: a.findings,
      due_at: a.dueAt,
      /** Seconds; negative when it is late. The clock stands still while the merchant is asked. */
      seconds_left: a.dueAt ? Math.floor((a.dueAt.getTime() - from.getTime()) / 1_000) : null,
      clock_stands: a.pausedAt !== null,
      created_at: a.createdAt,
    };
  }
}
