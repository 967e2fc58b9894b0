import { Injectable } from '@nestjs/common';
import type { InboundMessage } from '#libs/inbound';
import type { Tx } from '#libs/persistence';
import { lineOf } from '#libs/phone-numbers';
import { CampaignCounts } from './campaign-counts.js';

/** So long after a campaign's message what a customer writes is taken for an answer to it. */
const ANSWERS_WITHIN = '3 days';

/** Notes that customers answered a campaign, or pressed a button of its message. */
@Injectable()
export class HeedReplies {
  constructor(private readonly counts: CampaignCounts) {}

  /** Takes in messages of customers, in the transaction that takes them into contacts. Each counts once a campaign. */
  async heard(
    tx: Tx,
    tenantId: string,
    messages: readonly Pick<InboundMessage, 'customer' | 'type' | 'at' | 'payload'>[],
  ): Promise<void> {
    for (const { customer, type, at, payload } of messages) {
      const [row]: { campaignId: string; variant: number; replied: boolean; clicked: boolean }[] = await tx.query(
        `WITH latest AS (
           SELECT r.campaign_id, r.line, r.replied_at IS NULL AS replied, r.clicked_at IS NULL AND $4 AS clicked
             FROM campaign_recipients r
            WHERE r.tenant_id = $1 AND r.line = $2 AND r.state = 'accepted' AND r.message_id < paloma_first_id($3::timestamptz)
              AND r.message_id > paloma_first_id($3::timestamptz - interval '${ANSWERS_WITHIN}')
            ORDER BY r.message_id DESC LIMIT 1 FOR UPDATE),
         noted AS (
           UPDATE campaign_recipients r
              SET replied_at = coalesce(r.replied_at, $3), clicked_at = CASE WHEN $4 THEN coalesce(r.clicked_at, $3) ELSE r.clicked_at END
             FROM latest l
            WHERE r.tenant_id = $1 AND r.campaign_id = l.campaign_id AND r.line = l.line AND (l.replied OR l.clicked)
           RETURNING r.campaign_id AS "campaignId", r.variant, l.replied, l.clicked)
         SELECT * FROM noted`,
        [tenantId, lineOf(customer), at, isPress(type, payload)],
      );
      if (!row) continue;
      const { campaignId, variant } = row;
      await this.counts.add(tx, { tenantId, campaignId }, [
        ...(row.replied ? [{ variant, what: 'replied' as const, cause: '', n: 1 }] : []),
        ...(row.clicked ? [{ variant, what: 'clicked' as const, cause: '', n: 1 }] : []),
      ]);
    }
  }
}

/**
 * Whether a button of a template was pressed: a quick reply comes back as a message of type `button`, a form as an
 * `nfm_reply` (Meta, 2025-11). Other replies of type `interactive` are to the menu of a bot, not to a campaign.
 */
function isPress(type: string, payload: InboundMessage['payload']): boolean {
  if (type === 'button') return true;
  const { interactive } = (typeof payload === 'string' ? JSON.parse(payload) : payload) as {
    interactive?: { type?: unknown };
  };
  return type === 'interactive' && interactive?.type === 'nfm_reply';
}
