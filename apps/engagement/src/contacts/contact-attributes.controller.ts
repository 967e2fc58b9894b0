import { Body, Controller, Delete, Get, HttpCode, Param, Put, UseGuards } from '@nestjs/common';
import {
  ApiBearerAuth,
  ApiNoContentResponse,
  ApiOkResponse,
  ApiOperation,
  ApiProperty,
  ApiPropertyOptional,
  ApiTags,
} from '@nestjs/swagger';
import { IsIn, IsOptional, IsString, Length } from 'class-validator';
import { ATTRIBUTE_KEY, ATTRIBUTE_TYPES, type AttributeType, ContactAttributes } from '#libs/contacts';
import { Refusal } from '#libs/http';
import { Database } from '#libs/persistence';
import { type Caller, TenantCaller, TenantGuard } from '#libs/tenants';
import { Segments } from '../segments/segments.js';

const MOST_ATTRIBUTES = 100;
/** Segments in a refusal. */
const MOST_NAMED = 10;

class AttributeRequest {
  @ApiProperty({ enum: ATTRIBUTE_TYPES, description: 'It cannot be changed later' })
  @IsIn(ATTRIBUTE_TYPES)
  type: AttributeType;

  @ApiPropertyOptional({ description: 'What your people see instead of the key' })
  @IsOptional()
  @IsString()
  @Length(1, 100)
  label?: string;
}

class AttributeResponse {
  @ApiProperty({ example: 'city' }) key: string;
  @ApiProperty({ enum: ATTRIBUTE_TYPES }) type: AttributeType;
  @ApiProperty({ type: String, nullable: true }) label: string | null;
}

class AttributesResponse {
  @ApiProperty({ type: [AttributeResponse] }) data: AttributeResponse[];
}

@ApiTags('contacts')
@ApiBearerAuth()
@UseGuards(TenantGuard)
@Controller('api/v1/contacts/attributes')
export class ContactAttributesController {
  constructor(
    private readonly db: Database,
    private readonly attributes: ContactAttributes,
    private readonly segments: Segments,
  ) {}

  /** What you keep of your customers. */
  @Get()
  @ApiOperation({ summary: 'List attributes of contacts' })
  @ApiOkResponse({ type: AttributesResponse })
  async list(@TenantCaller() { tenantId }: Caller): Promise<AttributesResponse> {
    return { data: await this.db.inTenant(tenantId, (tx) => this.attributes.list(tx, tenantId)) };
  }

  /** Defines an attribute by its key: small letters, digits and underscores. */
  @Put(':key')
  @ApiOperation({ summary: 'Define an attribute of contacts' })
  @ApiOkResponse({ type: AttributeResponse })
  async define(
    @TenantCaller() { tenantId }: Caller,
    @Param('key') key: string,
    @Body() { type, label }: AttributeRequest,
  ): Promise<AttributeResponse> {
    if (!ATTRIBUTE_KEY.test(key))
      throw Refusal.invalid('key: must be small letters, digits and underscores, at most 50.');
    const attribute = { key, type, label: label ?? null };
    await this.db.inTenant(tenantId, async (tx) => {
      const held = await this.attributes.types(tx, tenantId);
      if (held.size >= MOST_ATTRIBUTES && !held.has(key)) {
        throw Refusal.conflict(`There are ${MOST_ATTRIBUTES} attributes already. Remove one first.`);
      }
      if (!(await this.attributes.define(tx, tenantId, attribute))) {
        throw Refusal.conflict(`${key} is of another type. Remove it with its values first, or choose another key.`);
      }
    });
    return attribute;
  }

  /** Forgets an attribute, with its values of all contacts; not while a segment asks for it. */
  @Delete(':key')
  @HttpCode(204)
  @ApiOperation({ summary: 'Remove an attribute of contacts' })
  @ApiNoContentResponse()
  async forget(@TenantCaller() { tenantId }: Caller, @Param('key') key: string): Promise<void> {
    await this.db.inTenant(tenantId, async (tx) => {
      const asking = await this.segments.askingFor(tx, tenantId, key);
      if (asking.length > 0) {
        const named = asking.slice(0, MOST_NAMED).join(', ');
        throw Refusal.conflict(`Segments ask for ${key}: ${named}. Change or remove them first.`);
      }
      if (!(await this.attributes.forget(tx, tenantId, key))) throw Refusal.notFound('attribute');
    });
  }
}
