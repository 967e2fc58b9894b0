import { BadRequestException, Body, Controller, Get, HttpCode, NotFoundException, Param, Post } from '@nestjs/common';
import { ApiOperation, ApiPropertyOptional, ApiTags } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { IsArray, IsIn, IsOptional, IsString, ValidateNested } from 'class-validator';
import { Meta } from '../meta.js';
import type { HealthNode, OnPremisesClient } from '../on-premises/on-premises-client.js';
import { DEFAULT_CLIENT } from '../on-premises/on-premises-fleet.js';

const GATEWAY_STATUSES = ['connected', 'connecting', 'disconnected', 'uninitialized', 'unregistered'];
const ROLES = ['primary_master', 'secondary_master', 'coreapp'] as const;

class Node implements HealthNode {
  @ApiPropertyOptional({ example: 'host1:c1' })
  @IsString()
  name: string;

  @ApiPropertyOptional({ enum: ROLES })
  @IsIn(ROLES)
  role: (typeof ROLES)[number];

  @ApiPropertyOptional({ enum: GATEWAY_STATUSES })
  @IsIn(GATEWAY_STATUSES)
  gateway_status: string;
}

class ChangeClient {
  @ApiPropertyOptional({ description: 'The number that this client alone carries from now on' })
  @IsOptional()
  @IsString()
  phone_number_id?: string;

  @ApiPropertyOptional({ enum: GATEWAY_STATUSES, description: 'What a single client says of its health' })
  @IsOptional()
  @IsIn(GATEWAY_STATUSES)
  gateway_status?: string;

  @ApiPropertyOptional({ type: [Node], description: 'A multiconnect setup; none: a single client' })
  @IsOptional()
  @IsArray()
  @ValidateNested({ each: true })
  @Type(() => Node)
  nodes?: Node[];
}

@ApiTags('Control')
@Controller('_sandbox/on_premises')
export class OnPremisesController {
  constructor(private readonly meta: Meta) {}

  /** The clients that somebody has spoken to. */
  @ApiOperation({ summary: 'List On-Premises clients' })
  @Get()
  list() {
    return { data: this.meta.onPremises.all().map(viewOf) };
  }

  /** A client, made if there was none; `default` is the one at `/v1`. */
  @ApiOperation({ summary: 'Make or change an On-Premises client' })
  @Post(':name')
  @HttpCode(200)
  change(@Param('name') name: string, @Body() body: ChangeClient) {
    if (!/^[\w.-]{1,64}$/.test(name)) throw new BadRequestException('name must have 1 to 64 letters, digits, . _ or -');
    const client = this.meta.onPremises.client(name);
    if (body.phone_number_id !== undefined) {
      const number = this.meta.world.get('phone_number', body.phone_number_id);
      if (!number) throw new NotFoundException(`there is no phone number ${body.phone_number_id}`);
      client.bind(number);
    }
    if (body.gateway_status !== undefined) client.gatewayStatus = body.gateway_status;
    if (body.nodes !== undefined) client.nodes = body.nodes;
    return viewOf(client);
  }
}

const viewOf = (client: OnPremisesClient) => ({
  name: client.name,
  path: client.name === DEFAULT_CLIENT ? '/v1' : `/on-premises/${client.name}/v1`,
  phone_number_id: client.number()?.id,
  health: client.health(),
  settings: client.settings.all,
  users: client.users.list().map((user) => user.username),
});
