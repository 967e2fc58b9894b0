import { Inject, Injectable } from '@nestjs/common';
import { CLOCK, type Clock } from '#libs/clock';
import { ContactActivity, Contacts } from '#libs/contacts';
import { Database, type Tx } from '#libs/persistence';
import { CampaignCounts } from './campaign-counts.js';
import { Campaigns } from './campaigns.js';
import { ClickCodes } from './click-codes.js';
import { MissingAttribute } from './personal-parameters.js';
import { linksOf, targetOf } from './tracked-links.js';

interface Clicker {
  campaignId: string;
  line: string;
  customer: string;
  contactId: string | null;
  variant: number;
  attributes: Record<string, unknown>;
  clicked: boolean;
}

/** Leads who follows a counted link of a campaign on to what the merchant put there, and counts each recipient once. */
@Injectable()
export class FollowLink {
  constructor(
    private readonly db: Database,
    private readonly codes: ClickCodes,
    private readonly campaigns: Campaigns,
    private readonly counts: CampaignCounts,
    private readonly contacts: Contacts,
    private readonly activity: ContactActivity,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /**
   * @param counts whether a person followed it
   * @returns where it leads; undefined for a link that is none of ours, or whose message is not a campaign's any more
   */
  async follow(code: string, { counts }: { counts: boolean }): Promise<string | undefined> {
    const clicked = this.codes.read(code);
    if (!clicked) return undefined;
    const { tenantId, messageId, nth } = clicked;
    return this.db.inTenant(tenantId, async (tx) => {
      const clicker = await this.clicker(tx, tenantId, messageId);
      const campaign = clicker && (await this.campaigns.find(tx, tenantId, clicker.campaignId));
      const link = campaign && linksOf(campaign.plan.variants[clicker.variant]?.components)[nth]?.link;
      const target = link && addressOf(link, clicker.attributes);
      if (target && counts && !clicker.clicked) await this.count(tx, tenantId, clicker);
      return target;
    });
  }

  private async clicker(tx: Tx, tenantId: string, messageId: string): Promise<Clicker | undefined> {
    const [row]: Clicker[] = await tx.query(
      `SELECT campaign_id AS "campaignId", line, customer, contact_id AS "contactId", variant, attributes,
              clicked_at IS NOT NULL AS clicked
         FROM campaign_recipients WHERE tenant_id = $1 AND message_id = $2`,
      [tenantId, messageId],
    );
    return row;
  }

  /** Of two clicks at once one counts. */
  private async count(tx: Tx, tenantId: string, clicker: Clicker): Promise<void> {
    const { campaignId, line, variant } = clicker;
    const now = this.clock.now();
    const noted: unknown[] = await tx.query(
      `WITH noted AS (
         UPDATE campaign_recipients SET clicked_at = $4
          WHERE tenant_id = $1 AND campaign_id = $2 AND line = $3 AND clicked_at IS NULL RETURNING 1)
       SELECT * FROM noted`,
      [tenantId, campaignId, line, now],
    );
    if (noted.length === 0) return;
    await this.counts.add(tx, { tenantId, campaignId }, [{ variant, what: 'clicked', cause: '', n: 1 }]);
    const contactId = await this.contactOf(tx, tenantId, clicker);
    if (contactId) await this.activity.note(tx, tenantId, [{ contactId, did: 'clicked', at: now }]);
  }

  /** Who is in a list may be a contact, too, and a contact may have become another's since. */
  private async contactOf(tx: Tx, tenantId: string, { contactId, customer }: Clicker): Promise<string | undefined> {
    if (contactId) return (await this.contacts.find(tx, tenantId, contactId))?.contactId;
    const identifier = /^\d+$/.test(customer)
      ? { kind: 'phone' as const, value: `+${customer}` }
      : { kind: 'user_id' as const, value: customer };
    return this.contacts.whoHas(tx, tenantId, [identifier]);
  }
}

/** Undefined where the recipient's attributes are gone, as after an erasure. */
function addressOf(link: string, attributes: Record<string, unknown>): string | undefined {
  try {
    return targetOf(link, attributes);
  } catch (error) {
    if (error instanceof MissingAttribute) return undefined;
    throw error;
  }
}
