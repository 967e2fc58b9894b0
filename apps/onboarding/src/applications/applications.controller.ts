import { randomBytes } from 'node:crypto';
import {
  Body,
  Controller,
  Get,
  Header,
  Headers,
  HttpCode,
  Inject,
  Ip,
  Param,
  Post,
  Req,
  UseGuards,
} from '@nestjs/common';
import { ApiBearerAuth, ApiBody, ApiConsumes, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import { type ApplicationRecord, Applications, MOVES_AMONG_STAFF, WrongMoveError } from '#libs/applications';
import { SignInThrottle } from '#libs/auth';
import { Refusal } from '#libs/http';
import { isId } from '#libs/ids';
import { LOGGER } from '#libs/observability';
import { Database } from '#libs/persistence';
import { Features } from '#libs/provider-settings';
import { Sessions } from '#libs/sessions';
import {
  AddressTakenError,
  APPLICANT_ROLE,
  type Caller,
  People,
  TenantCaller,
  TenantGuard,
  Tenants,
  UserSessions,
} from '#libs/tenants';
import { readFile } from '../files/read-file.js';
import { WriteLetter } from '../mail/write-letter.js';
import { judgeNumber } from '../numbers/judge-number.js';
import { Numbers } from '../numbers/numbers.js';
import { VERDICT_TEXTS } from '../numbers/verdict-texts.js';
import { languageFor } from '../signups/texts/language.js';
import { AnswerRequest, ApplyRequest } from './application.requests.js';

/** Papers of a company: certificates, identity cards, bills. */
const DOCUMENT = { most: 10 * 1024 * 1024, types: ['application/pdf', 'image/jpeg', 'image/png'] } as const;

export const applicationView = ({ application: a, entries, documents }: ApplicationRecord) => ({
  id: a.applicationId,
  state: a.state,
  company: a.company,
  country: a.country,
  registration_number: a.registrationNumber,
  website: a.website,
  contact: { name: a.contactName, email: a.contactEmail },
  phone: a.phone,
  display_name: a.displayName,
  monthly_messages: a.monthlyMessages,
  trade: a.trade,
  use_cases: a.useCases,
  decided_by: a.dueAt,
  reason: a.reason,
  signup_id: a.signupId,
  documents: documents.map((d) => ({ id: d.documentId, name: d.name, type: d.type })),
  timeline: entries
    .filter((e) => !MOVES_AMONG_STAFF.some((move) => move === e.what))
    .map((e) => ({ at: e.at, who: e.who, what: e.what, said: e.said })),
  created_at: a.createdAt,
});

/** Applications of merchants whom the provider connects. */
@ApiTags('Applications')
@Controller('api/v1/applications')
export class ApplicationsController {
  constructor(
    private readonly applications: Applications,
    private readonly tenants: Tenants,
    private readonly people: People,
    private readonly userSessions: UserSessions,
    private readonly tokens: Sessions,
    private readonly letter: WriteLetter,
    private readonly numbers: Numbers,
    private readonly throttle: SignInThrottle,
    private readonly db: Database,
    private readonly features: Features,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /**
   * Applies without an account: one is made for the contact, who gets a letter to confirm the address and to choose a
   * password. The answer's token is for that application alone, to look at it and to send documents meanwhile.
   */
  @ApiOperation({ summary: 'Apply' })
  @Post('start')
  @Header('cache-control', 'no-store')
  async start(@Body() request: ApplyRequest, @Ip() ip: string, @Headers('accept-language') accept?: string) {
    this.features.require('applications');
    await this.throttle.attempt('apply', request.contact_email, ip);
    const language = languageFor(undefined, accept);
    const judged = judgeNumber(request.phone);
    if (!judged.ok || !judged.phone) throw new Refusal(422, judged.verdict, VERDICT_TEXTS[language][judged.verdict]);
    let applicationId = '';
    const { tenantId, userId } = await this.tenants
      .found(
        { name: request.company.trim(), country: request.country },
        // Nobody knows this password; the letter's link sets another.
        { email: request.contact_email, password: randomBytes(32).toString('base64url') },
        async (tx, founded) => {
          const form = formOf(request, judged.phone as string, language);
          applicationId = idOf(await this.applications.submit(tx, founded.tenantId, form, false));
          const ticket = await this.people.makeLink(tx, founded.tenantId, {
            kind: 'confirm-application',
            email: request.contact_email,
            userId: founded.userId,
          });
          await this.letter.write(tx, founded.tenantId, {
            kind: 'application-received',
            to: request.contact_email,
            language,
            page: 'applicant-password',
            ticket,
            name: request.company.trim(),
          });
        },
      )
      .catch((error) => {
        if (!(error instanceof AddressTakenError)) throw error;
        throw new Refusal(
          409,
          'address_taken',
          'This e-mail address cannot be used for a new application. If it is yours, sign in and apply there.',
        );
      });
    const session = await this.userSessions.open(tenantId, userId, { address: ip });
    const { accessToken, expiresIn } = this.tokens.issue({
      subject: applicationId,
      tenantId,
      role: APPLICANT_ROLE,
      sessionId: session.sessionId,
    });
    return { id: applicationId, state: 'unconfirmed', access_token: accessToken, expires_in: expiresIn };
  }

  /** Applies for the calling tenant; in the queue at once when a person calls whose address is confirmed. */
  @ApiOperation({ summary: 'Apply with an account' })
  @ApiBearerAuth()
  @UseGuards(TenantGuard)
  @Post()
  async apply(
    @TenantCaller() caller: Caller,
    @Body() request: ApplyRequest,
    @Headers('accept-language') accept?: string,
  ) {
    this.features.require('applications');
    const { tenantId, userId, tenantStatus } = caller;
    if (tenantStatus !== 'active') throw Refusal.forbidden('This account is suspended and cannot apply.');
    const language = languageFor(undefined, accept);
    const judged = await this.numbers.judge(tenantId, request.phone);
    if (!judged.ok || !judged.phone) throw new Refusal(422, judged.verdict, VERDICT_TEXTS[language][judged.verdict]);
    const people = await this.people.list(tenantId);
    const confirmed = people.some((p) => p.emailConfirmedAt !== null && (userId === undefined || p.userId === userId));
    const form = formOf(request, judged.phone, language);
    const submitted = await this.db.inTenant(tenantId, (tx) => this.applications.submit(tx, tenantId, form, confirmed));
    return this.look(caller, idOf(submitted));
  }

  /** The applications of the tenant, newest first; who applied without an account sees that one. */
  @ApiOperation({ summary: 'List applications' })
  @ApiBearerAuth()
  @UseGuards(TenantGuard)
  @Get()
  async list(@TenantCaller() { tenantId, applicationId }: Caller) {
    const all = await this.db.inTenant(tenantId, (tx) => this.applications.list(tx, tenantId));
    const found = all.filter((a) => applicationId === undefined || a.applicationId === applicationId);
    return { data: found.map((a) => applicationView({ application: a, entries: [], documents: [] })) };
  }

  /** One application with what was said. */
  @ApiOperation({ summary: 'Look at an application' })
  @ApiBearerAuth()
  @UseGuards(TenantGuard)
  @Get(':id')
  async look(@TenantCaller() { tenantId }: Caller, @Param('id') id: string) {
    const found = isId(id) && (await this.db.inTenant(tenantId, (tx) => this.applications.find(tx, id)));
    if (!found) throw Refusal.notFound('application');
    return applicationView(found);
  }

  /** Answers the question that the provider asked. */
  @ApiOperation({ summary: 'Answer a question' })
  @ApiBearerAuth()
  @UseGuards(TenantGuard)
  @Post(':id/answer')
  @HttpCode(200)
  answer(@TenantCaller() caller: Caller, @Param('id') id: string, @Body() { answer }: AnswerRequest) {
    return this.move(caller, id, 'answer', answer);
  }

  /** Takes the application back. */
  @ApiOperation({ summary: 'Withdraw an application' })
  @ApiBearerAuth()
  @UseGuards(TenantGuard)
  @Post(':id/withdraw')
  @HttpCode(200)
  withdraw(@TenantCaller() caller: Caller, @Param('id') id: string) {
    return this.move(caller, id, 'withdraw');
  }

  /** Adds a document: a form with the part `file`, PDF, JPEG or PNG, up to 10 MB; ten at most. */
  @ApiOperation({ summary: 'Add a document' })
  @ApiConsumes('multipart/form-data')
  @ApiBody({ schema: { type: 'object', properties: { file: { type: 'string', format: 'binary' } } } })
  @ApiBearerAuth()
  @UseGuards(TenantGuard)
  @Post(':id/documents')
  async document(@TenantCaller() { tenantId }: Caller, @Param('id') id: string, @Req() request: FastifyRequest) {
    const found = isId(id) && (await this.db.inTenant(tenantId, (tx) => this.applications.find(tx, id)));
    if (!found) throw Refusal.notFound('application');
    const { application } = found;
    if (['approved', 'declined', 'withdrawn'].includes(application.state)) {
      throw Refusal.conflict('This application is decided and takes no documents.');
    }
    const file = await readFile(request, DOCUMENT).catch((error: unknown) => {
      this.logger.warn({ tenantId, applicationId: id, why: (error as Refusal).code }, 'a document was refused');
      throw error;
    });
    const documentId = await this.db.inTenant(tenantId, (tx) =>
      this.applications.addDocument(tx, application, { kind: 'paper', ...file }),
    );
    if (documentId === 'too-many') throw Refusal.conflict('An application takes ten documents at most.');
    return { id: documentId, name: file.name, type: file.type };
  }

  private async move(caller: Caller, id: string, move: 'answer' | 'withdraw', said?: string) {
    const { tenantId } = caller;
    if (!isId(id)) throw Refusal.notFound('application');
    const moved = await this.db
      .inTenant(tenantId, (tx) =>
        this.applications.move(tx, tenantId, id, move, { who: 'merchant', ...(said === undefined ? {} : { said }) }),
      )
      .catch((error) => {
        if (error instanceof WrongMoveError) throw Refusal.conflict(error.message);
        throw error;
      });
    if (!moved) throw Refusal.notFound('application');
    return this.look(caller, id);
  }
}

function idOf(submitted: { applicationId: string } | 'open-already'): string {
  if (submitted === 'open-already') {
    throw new Refusal(409, 'open_already', 'An application for this number is open already; see how it goes.');
  }
  return submitted.applicationId;
}

const formOf = (request: ApplyRequest, phone: string, language: string) => ({
  company: request.company.trim(),
  country: request.country,
  registrationNumber: request.registration_number.trim(),
  website: request.website ? new URL(request.website).host.replace(/^www\./, '') : null,
  contactName: request.contact_name.trim(),
  contactEmail: request.contact_email.toLowerCase(),
  phone,
  displayName: request.display_name.trim(),
  monthlyMessages: request.monthly_messages,
  trade: request.trade.trim(),
  useCases: request.use_cases.trim(),
  language,
});
