import { Body, Controller, Get, HttpCode, Inject, Param, Post, Req, UseGuards } from '@nestjs/common';
import { ApiBearerAuth, ApiBody, ApiConsumes, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import { Refusal } from '#libs/http';
import { GraphClient } from '#libs/meta-cloud';
import { LOGGER } from '#libs/observability';
import { Database } from '#libs/persistence';
import { MetaApp } from '#libs/provider-settings';
import { type Caller, TenantCaller, TenantGuard } from '#libs/tenants';
import { readFile } from '../files/read-file.js';
import { fetchProfile } from './fetch-profile.js';
import type { KnownNumber } from './number-store.js';
import { Numbers } from './numbers.js';
import { PROFILE_FIELDS, type Profile, profileProblems } from './profile-rules.js';
import { Profiles } from './profiles.js';
import { refuseAsMeta } from './refuse-as-meta.js';
import { PICTURE, uploadPicture } from './upload-picture.js';

const CHANGEABLE = PROFILE_FIELDS.filter((field) => field !== 'profile_picture_url');

/** What customers see of the business behind a number. */
@ApiTags('Business profile')
@ApiBearerAuth()
@UseGuards(TenantGuard)
@Controller('api/v1/numbers/:id/profile')
export class ProfileController {
  constructor(
    private readonly numbers: Numbers,
    private readonly profiles: Profiles,
    private readonly graph: GraphClient,
    private readonly db: Database,
    private readonly metaApp: MetaApp,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /** The profile as Meta shows it now; as it was last seen, with `stale`, when Meta does not answer. */
  @ApiOperation({ summary: 'Show the business profile' })
  @Get()
  async show(@TenantCaller() { tenantId }: Caller, @Param('id') id: string) {
    const known = await this.numbers.find(tenantId, id);
    try {
      return { profile: await this.fetch(tenantId, known), stale: false };
    } catch (error) {
      const held = await this.db.inTenant(tenantId, (tx) => this.profiles.of(tx, tenantId, known.number.phoneNumberId));
      if (!held) throw refuseAsMeta(error);
      return { profile: held.profile, stale: true, seen_at: held.seenAt };
    }
  }

  /** Changes fields of the profile; what is left out stays. Meta's limits are checked before Meta is asked. */
  @ApiOperation({ summary: 'Change the business profile' })
  @ApiBody({ schema: { example: { about: 'Tea and more', websites: ['https://shop.example'], vertical: 'RETAIL' } } })
  @Post()
  @HttpCode(200)
  async change(@TenantCaller() caller: Caller, @Param('id') id: string, @Body() body: Record<string, unknown> | null) {
    const known = await this.numbers.find(active(caller).tenantId, id);
    if (!body || Array.isArray(body)) throw Refusal.invalid('The body must be an object of fields of the profile.');
    const unknown = Object.keys(body).filter((field) => !CHANGEABLE.some((known) => known === field));
    const problems = {
      ...profileProblems(body),
      ...Object.fromEntries(unknown.map((field) => [field, [`${field} is no field of a profile`]])),
    };
    if (Object.keys(problems).length > 0) throw Refusal.invalid(Object.values(problems).flat().join('; '), problems);
    return { profile: await this.set(caller.tenantId, known, body) };
  }

  /** Sets the picture: a form with the part `file`, JPEG or PNG, up to 5 MB. */
  @ApiOperation({ summary: 'Set the profile picture' })
  @ApiConsumes('multipart/form-data')
  @ApiBody({ schema: { type: 'object', properties: { file: { type: 'string', format: 'binary' } } } })
  @Post('picture')
  @HttpCode(200)
  async picture(@TenantCaller() caller: Caller, @Param('id') id: string, @Req() request: FastifyRequest) {
    const { tenantId } = active(caller);
    const known = await this.numbers.find(tenantId, id);
    const file = await readFile(request, PICTURE).catch((error: unknown) => {
      this.logger.warn({ tenantId, number: id, why: (error as Refusal).code }, 'a profile picture was refused');
      throw error;
    });
    try {
      const handle = await uploadPicture(this.graph, {
        appId: this.metaApp.id,
        token: this.numbers.tokenOf(known.waba),
        ...file,
      });
      return { profile: await this.set(tenantId, known, { profile_picture_handle: handle }) };
    } catch (error) {
      throw error instanceof Refusal ? error : refuseAsMeta(error);
    }
  }

  private async set(tenantId: string, known: KnownNumber, change: object): Promise<Profile> {
    try {
      await this.graph.call({
        method: 'POST',
        path: `/${known.number.metaPhoneNumberId}/whatsapp_business_profile`,
        body: { messaging_product: 'whatsapp', ...change },
        token: this.numbers.tokenOf(known.waba),
      });
      return await this.fetch(tenantId, known);
    } catch (error) {
      throw error instanceof Refusal ? error : refuseAsMeta(error);
    }
  }

  private async fetch(tenantId: string, known: KnownNumber): Promise<Profile> {
    const profile = await fetchProfile(this.graph, known.number.metaPhoneNumberId, this.numbers.tokenOf(known.waba));
    await this.db.inTenant(tenantId, (tx) => this.profiles.keep(tx, tenantId, known.number.phoneNumberId, profile));
    return profile;
  }
}

function active(caller: Caller): Caller {
  if (caller.tenantStatus !== 'active')
    throw Refusal.forbidden('This account is suspended and cannot change profiles.');
  return caller;
}
