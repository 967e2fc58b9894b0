import { Injectable } from '@nestjs/common';
import { Refusal } from '#libs/http';
import type { Tx } from '#libs/persistence';
import type { Filter } from '../segments/filter.js';
import { Segments } from '../segments/segments.js';
import type { SqlParameters } from '../segments/sql-parameters.js';
import type { Audience, Campaign } from './campaign.js';

const EVERYBODY: Filter = { all: [] };

/** Who is meant by an audience. */
@Injectable()
export class Audiences {
  constructor(private readonly segments: Segments) {}

  /**
   * The audience with the filter that its segment has now: a launch goes by it to the end, whatever becomes of the segment.
   *
   * @throws Refusal where the segment is gone, or fits the attributes no more
   */
  async settled(tx: Tx, tenantId: string, audience: Audience): Promise<Audience> {
    if (audience.kind !== 'segment') return audience;
    const segment = await this.segments.find(tx, tenantId, audience.segmentId);
    if (!segment) throw Refusal.conflict('The segment of this campaign is not there any more. Change the campaign.');
    return { ...audience, filter: await this.segments.filterOf(tx, tenantId, segment) };
  }

  /**
   * As a part of a larger statement, over `campaign_id` in $2 and `tenant_id` in $1, settled before.
   *
   * @returns a SELECT of `contact_id` (of contacts), `line`, `customer` and `attributes`: what may stand in a message
   */
  async sql(tx: Tx, { tenantId, audience }: Campaign, parameters: SqlParameters): Promise<string> {
    if (audience.kind === 'list') {
      return 'SELECT r.line, r.customer, r.attributes FROM campaign_recipients r WHERE r.tenant_id = $1 AND r.campaign_id = $2';
    }
    const filter = audience.kind === 'segment' ? (audience.filter ?? EVERYBODY) : EVERYBODY;
    const contacts = await this.segments.audience(tx, tenantId, filter, parameters);
    return `SELECT s.contact_id, s.line, s.customer,
        c.attributes || jsonb_strip_nulls(jsonb_build_object('name', coalesce(c.name, c.profile_name))) AS attributes
      FROM (${contacts}) s JOIN contacts c ON c.tenant_id = $1 AND c.contact_id = s.contact_id
     WHERE s.customer IS NOT NULL`;
  }
}
