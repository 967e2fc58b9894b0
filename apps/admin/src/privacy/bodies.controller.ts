import { Body, Controller, HttpCode, Param, Post } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Refusal } from '#libs/http';
import { isId } from '#libs/ids';
import { messageIdOf, newMessageRef } from '#libs/outbox';
import { Database } from '#libs/persistence';
import { AuditLog, auditOf, Needs, ReasonRequest, Staff, type StaffCaller } from '#libs/staff';
import { BodyResponse } from './privacy.response.js';

@ApiTags('privacy')
@ApiBearerAuth()
@Controller('admin/v1/messages/:ref/body')
export class BodiesController {
  constructor(
    private readonly db: Database,
    private readonly audit: AuditLog,
  ) {}

  /** What a message says. The reading is in the audit log before the answer leaves, with the reason. */
  @Post()
  @HttpCode(200)
  @Needs('messages.bodies')
  @ApiOperation({ summary: 'Read what a message says' })
  @ApiOkResponse({ type: BodyResponse })
  async read(
    @Param('ref') ref: string,
    @Body() { reason }: ReasonRequest,
    @Staff() staff: StaffCaller,
  ): Promise<BodyResponse> {
    const messageId = isId(ref) ? ref : messageIdOf(ref);
    const [message] = messageId
      ? await this.db.asStaff((tx) =>
          tx.query('SELECT tenant_id, payload FROM messages WHERE message_id = $1', [messageId]),
        )
      : [];
    if (!messageId || !message) throw Refusal.notFound('message');
    await this.db.inTenant(message.tenant_id, (tx) =>
      this.audit.record(tx, {
        ...auditOf(staff, reason),
        action: 'message.body.read',
        object: `message:${messageId}`,
        tenantId: message.tenant_id,
      }),
    );
    return { ref: newMessageRef(messageId), body: message.payload };
  }
}
