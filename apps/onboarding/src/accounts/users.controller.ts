import { Body, Controller, Delete, Get, Headers, HttpCode, Param, Patch, Post, UseGuards } from '@nestjs/common';
import {
  ApiAcceptedResponse,
  ApiBearerAuth,
  ApiCreatedResponse,
  ApiOkResponse,
  ApiOperation,
  ApiProperty,
  ApiTags,
} from '@nestjs/swagger';
import { IsEmail, IsIn, IsString, Length, MaxLength } from 'class-validator';
import { Refusal } from '#libs/http';
import { isId } from '#libs/ids';
import { Database } from '#libs/persistence';
import {
  AddressTakenError,
  type Caller,
  LastOwnerError,
  People,
  TENANT_ROLES,
  TenantCaller,
  type TenantRole,
  Tenants,
  TenantUserGuard,
} from '#libs/tenants';
import { WriteLetter } from '../mail/write-letter.js';
import { languageFor } from '../signups/texts/language.js';
import { deadLink } from './accounts.controller.js';
import { LONGEST_PASSWORD, SHORTEST_PASSWORD } from './found-account.request.js';
import {
  InvitationsResponse,
  InvitedResponse,
  JoinedResponse,
  RoleResponse,
  UsersResponse,
} from './person.response.js';
import { requireConfirmed } from './require-confirmed.js';

class RoleRequest {
  @ApiProperty({ enum: TENANT_ROLES }) @IsIn(TENANT_ROLES) role: TenantRole;
}
class InviteRequest extends RoleRequest {
  @ApiProperty({ example: 'dev@shop.example' }) @IsEmail() @MaxLength(254) email: string;
}
class JoinRequest {
  @ApiProperty() @IsString() @MaxLength(200) ticket: string;
  @ApiProperty() @IsString() @Length(SHORTEST_PASSWORD, LONGEST_PASSWORD) password: string;
}

const idOf = (text: string, what: string): string => {
  if (!isId(text)) throw Refusal.notFound(what);
  return text;
};
const refuseLastOwner = (error: unknown): never => {
  if (!(error instanceof LastOwnerError)) throw error;
  throw Refusal.conflict('An account must keep one owner. Make somebody else owner first.');
};

@ApiTags('Users')
@Controller('api/v1')
export class UsersController {
  constructor(
    private readonly people: People,
    private readonly tenants: Tenants,
    private readonly letter: WriteLetter,
    private readonly db: Database,
  ) {}

  /** The people of the tenant. */
  @ApiOperation({ summary: 'List users' })
  @ApiOkResponse({ type: UsersResponse })
  @ApiBearerAuth()
  @UseGuards(TenantUserGuard)
  @Get('users')
  async list(@TenantCaller() { tenantId }: Caller) {
    const people = await this.people.list(tenantId);
    return {
      data: people.map((p) => ({
        id: p.userId,
        email: p.email,
        role: p.role,
        email_confirmed: p.emailConfirmedAt !== null,
        second_factor: p.totpSince !== null,
        created_at: p.createdAt,
      })),
    };
  }

  /** Gives somebody another role, from their next request on. 409 for the last owner. */
  @ApiOperation({ summary: 'Change a role' })
  @ApiOkResponse({ type: RoleResponse })
  @ApiBearerAuth()
  @UseGuards(TenantUserGuard)
  @Patch('users/:id')
  async setRole(@TenantCaller() { tenantId }: Caller, @Param('id') id: string, @Body() { role }: RoleRequest) {
    if (!(await this.people.setRole(tenantId, idOf(id, 'user'), role).catch(refuseLastOwner))) {
      throw Refusal.notFound('user');
    }
    return { id, role };
  }

  /** Removes somebody; their sessions end at once. 409 for the last owner. */
  @ApiOperation({ summary: 'Remove a user' })
  @ApiBearerAuth()
  @UseGuards(TenantUserGuard)
  @Delete('users/:id')
  @HttpCode(204)
  async remove(@TenantCaller() { tenantId }: Caller, @Param('id') id: string): Promise<void> {
    if (!(await this.people.remove(tenantId, idOf(id, 'user')).catch(refuseLastOwner))) throw Refusal.notFound('user');
  }

  /** Invitations that are open. */
  @ApiOperation({ summary: 'List invitations' })
  @ApiOkResponse({ type: InvitationsResponse })
  @ApiBearerAuth()
  @UseGuards(TenantUserGuard)
  @Get('invitations')
  async invitations(@TenantCaller() { tenantId }: Caller) {
    const open = await this.people.invitations(tenantId);
    return {
      data: open.map((i) => ({
        id: i.linkId,
        email: i.email,
        role: i.role,
        created_at: i.createdAt,
        expires_at: i.expiresAt,
      })),
    };
  }

  /** Invites somebody by a letter. The caller's own address must be confirmed, so that nobody sends letters in our name. */
  @ApiOperation({ summary: 'Invite somebody' })
  @ApiAcceptedResponse({ type: InvitedResponse })
  @ApiBearerAuth()
  @UseGuards(TenantUserGuard)
  @Post('invitations')
  @HttpCode(202)
  async invite(
    @TenantCaller() { tenantId, userId, tenantStatus }: Caller,
    @Body() { email, role }: InviteRequest,
    @Headers('accept-language') language?: string,
  ) {
    const host = await this.people.find(tenantId, userId as string);
    if (tenantStatus !== 'active') throw Refusal.forbidden('This account is suspended and cannot invite people.');
    requireConfirmed(host);
    if (await this.people.findByEmail(email)) {
      throw new Refusal(409, 'address_taken', 'Somebody already signs in with this address; use another one.');
    }
    await this.db.inTenant(tenantId, async (tx) => {
      const tenant = await this.tenants.find(tx, tenantId);
      const ticket = await this.people.makeLink(tx, tenantId, { kind: 'invitation', email, role });
      await this.letter.write(tx, tenantId, {
        kind: 'invitation',
        to: email.toLowerCase(),
        language: languageFor(undefined, language),
        page: 'join',
        ticket,
        name: tenant?.name ?? '',
      });
    });
    return { email: email.toLowerCase(), role };
  }

  /** Withdraws an invitation; its link opens nothing any more. */
  @ApiOperation({ summary: 'Withdraw an invitation' })
  @ApiBearerAuth()
  @UseGuards(TenantUserGuard)
  @Delete('invitations/:id')
  @HttpCode(204)
  async withdraw(@TenantCaller() { tenantId }: Caller, @Param('id') id: string): Promise<void> {
    if (!(await this.people.withdraw(tenantId, idOf(id, 'invitation')))) throw Refusal.notFound('open invitation');
  }

  /** Takes an invitation by what its letter brought. 410 for a link that was used, withdrawn or is too old. */
  @ApiOperation({ summary: 'Accept an invitation' })
  @ApiCreatedResponse({ type: JoinedResponse })
  @Post('invitations/accept')
  @HttpCode(201)
  async accept(@Body() { ticket, password }: JoinRequest) {
    const joined = await this.people.join(ticket, password).catch((error) => {
      if (!(error instanceof AddressTakenError)) throw error;
      throw new Refusal(409, 'address_taken', 'Somebody already signs in with this address.');
    });
    if (!joined) throw deadLink();
    return { tenant: { id: joined.tenantId }, user: { id: joined.userId } };
  }
}
