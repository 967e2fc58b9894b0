import { Body, Controller, Get, HttpCode, Post, Req } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiOperation, ApiProperty, ApiTags } from '@nestjs/swagger';
import { IsString, MaxLength } from 'class-validator';
import type { FastifyRequest } from 'fastify';
import { SignInThrottle } from '#libs/auth';
import { Refusal } from '#libs/http';
import { Database, PROVIDER_TENANT } from '#libs/persistence';
import {
  auditOf,
  may,
  Needs,
  type Permission,
  PublicRoute,
  STAFF_PERMISSIONS,
  Staff,
  type StaffCaller,
} from '#libs/staff';
import { hashPassword } from '#libs/vault';
import { AccountResponse } from './account.response.js';
import { NewPasswordRequest } from './passwords.js';
import { StaffLinks } from './staff-links.js';
import { StaffUsers } from './staff-users.js';
import { whenceOf } from './whence.js';

class ChangePasswordRequest extends NewPasswordRequest {
  @ApiProperty() @IsString() @MaxLength(200) password: string;
}
class TicketRequest extends NewPasswordRequest {
  @ApiProperty({ description: 'What an administrator handed on' }) @IsString() @MaxLength(200) ticket: string;
}

const deadLink = () =>
  new Refusal(410, 'link_used', 'This link was used, withdrawn or is too old. Ask an administrator for another one.');

/** A member of staff's own account. */
@ApiTags('identity')
@Controller('admin/v1')
export class AccountController {
  constructor(
    private readonly users: StaffUsers,
    private readonly links: StaffLinks,
    private readonly throttle: SignInThrottle,
    private readonly db: Database,
  ) {}

  /** Who the caller is and what they may do. */
  @Get('account')
  @Needs('account.own')
  @ApiBearerAuth()
  @ApiOperation({ summary: 'See my account' })
  @ApiOkResponse({ type: AccountResponse })
  async mine(@Staff() { staffId, role }: StaffCaller): Promise<AccountResponse> {
    const user = await this.users.find(staffId);
    if (!user) throw Refusal.notFound('account');
    const permissions = Object.keys(STAFF_PERMISSIONS) as Permission[];
    return {
      id: staffId,
      email: user.email,
      role,
      permissions: permissions.filter((permission) => may(role, permission)),
      second_factor: user.totpSince !== null,
      recovery_codes_left: user.recoveryCodes,
      identity_provider: user.oidcIdentity !== null,
    };
  }

  /** Changes the caller's password; every session of the person ends, this one too. */
  @Post('account/password')
  @HttpCode(204)
  @Needs('account.own')
  @ApiBearerAuth()
  @ApiOperation({ summary: 'Change my password' })
  async change(@Staff() staff: StaffCaller, @Body() request: ChangePasswordRequest): Promise<void> {
    const { staffId, fromAddress } = staff;
    await this.throttle.attempt('staff-password', staffId, fromAddress);
    if (!(await this.users.passwordIs(staffId, request.password))) {
      throw new Refusal(403, 'wrong_password', 'The password is wrong.');
    }
    await this.throttle.succeeded('staff-password', staffId, fromAddress);
    const hash = await hashPassword(request.new_password);
    await this.db.inTenant(PROVIDER_TENANT, (tx) =>
      this.users.setPassword(tx, staffId, hash, auditOf(staff, 'changed by its owner')),
    );
  }

  /** Chooses a new password by what an administrator handed on; every session of the person ends. */
  @Post('password/reset')
  @HttpCode(204)
  @PublicRoute()
  @ApiOperation({ summary: 'Choose a new password' })
  async reset(@Body() { ticket, new_password }: TicketRequest, @Req() http: FastifyRequest): Promise<void> {
    if (!(await this.links.choosePassword(ticket, new_password, whenceOf(http)))) throw deadLink();
  }

  /** Takes an invitation: the account is open, and its owner signs in. */
  @Post('invitations/accept')
  @HttpCode(204)
  @PublicRoute()
  @ApiOperation({ summary: 'Accept an invitation' })
  async accept(@Body() { ticket, new_password }: TicketRequest, @Req() http: FastifyRequest): Promise<void> {
    const joined = await this.links.join(ticket, new_password, whenceOf(http));
    if (!joined) throw deadLink();
    if (joined === 'taken') throw new Refusal(409, 'address_taken', 'Somebody already signs in with this address.');
  }
}
