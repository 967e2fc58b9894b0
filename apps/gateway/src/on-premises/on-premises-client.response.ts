import { ApiProperty } from '@nestjs/swagger';
import type { ClientHealth, ClientRecord, ClientState } from './on-premises-clients.js';

class NodeResponse {
  @ApiProperty({ description: 'Empty for a single client' }) name: string;
  @ApiProperty({ example: 'connected' }) gateway_status: string;
  @ApiProperty({ nullable: true, type: String, example: 'primary_master' }) role: string | null;
}

class HealthResponse {
  @ApiProperty({ enum: ['unknown', 'connected', 'disconnected', 'refused', 'unreachable'] }) state: ClientHealth;
  @ApiProperty({ type: [NodeResponse] }) nodes: NodeResponse[];
  @ApiProperty({ nullable: true, type: String }) checked_at: string | null;
  @ApiProperty({ nullable: true, type: String, description: 'Stays when the client is well again' })
  last_error: string | null;
  @ApiProperty({ nullable: true, type: String }) last_error_at: string | null;
}

/** A client without its secrets. */
export class ClientResponse {
  @ApiProperty() phone_number_id: string;
  @ApiProperty({
    enum: ['active', 'moving', 'moved'],
    description: 'moving: nothing is sent meanwhile. moved: the Cloud API carries the number',
  })
  state: ClientState;
  @ApiProperty() state_since: string;
  @ApiProperty() url: string;
  @ApiProperty() user_name: string;
  @ApiProperty() has_ca: boolean;
  @ApiProperty({ nullable: true, type: String }) template_namespace: string | null;
  @ApiProperty() check_contacts: boolean;
  @ApiProperty() health: HealthResponse;
  @ApiProperty() created_at: string;
  @ApiProperty() updated_at: string;
}

export const clientResponse = (record: ClientRecord, metaPhoneNumberId: string): ClientResponse => ({
  phone_number_id: metaPhoneNumberId,
  state: record.state,
  state_since: record.stateAt.toISOString(),
  url: record.url,
  user_name: record.userName,
  has_ca: record.caPem !== null,
  template_namespace: record.templateNamespace,
  check_contacts: record.checkContacts,
  health: {
    state: record.health,
    nodes: record.nodes.map(({ name, gatewayStatus, role }) => ({
      name,
      gateway_status: gatewayStatus,
      role: role ?? null,
    })),
    checked_at: record.checkedAt?.toISOString() ?? null,
    last_error: record.lastError,
    last_error_at: record.lastErrorAt?.toISOString() ?? null,
  },
  created_at: record.createdAt.toISOString(),
  updated_at: record.updatedAt.toISOString(),
});
