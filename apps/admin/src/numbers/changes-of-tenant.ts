import type { Tx } from '#libs/persistence';

/** What changed: a messaging limit, an account or a number, a template. */
export const CHANGE_TOPICS = ['limits', 'accounts', 'templates'] as const;
export type ChangeTopic = (typeof CHANGE_TOPICS)[number];

export interface Change {
  /** Time-ordered. */
  id: string;
  at: Date;
  topic: ChangeTopic;
  /** Our id of the portfolio, of the number or account, or of the template. */
  object_id: string;
  /** Which template; null otherwise. */
  name: string | null;
  /** `limit`; the topic of an account event, such as `quality`; the kind of a step in a template's life. */
  what: string;
  /** In Meta's words, or for templates in ours; null where there is none. */
  before: string | null;
  after: string | null;
  /** Who made or told it: a webhook's field, `answer` (to a send), `read` or `meta-poll` (asked by us), `tenant`, `staff`. */
  cause: string;
  /** As Meta gave it. */
  reason: string | null;
}

const SELECTS: Readonly<Record<ChangeTopic, string>> = {
  limits: `SELECT c.change_id AS id, c.at, 'limits' AS topic, c.portfolio_id AS object_id, NULL AS name, 'limit' AS what,
                  c.was AS before, c.became AS after, c.cause, NULL AS reason
             FROM limit_changes c WHERE c.tenant_id = $1 AND ($2::uuid IS NULL OR c.change_id < $2)`,
  accounts: `SELECT e.event_id AS id, e.at, 'accounts' AS topic, coalesce(e.phone_number_id, e.waba_id) AS object_id,
                    NULL AS name, e.topic AS what, NULL AS before, e.told AS after,
                    CASE e.topic WHEN 'refusal' THEN 'answer' ELSE 'webhook' END AS cause, e.detail::text AS reason
               FROM account_events e WHERE e.tenant_id = $1 AND ($2::uuid IS NULL OR e.event_id < $2)`,
  templates: `SELECT e.event_id AS id, e.at, 'templates' AS topic, e.template_id AS object_id, t.name, e.kind AS what,
                     e.before, e.after, e.source AS cause, e.reason
                FROM template_events e JOIN templates t USING (tenant_id, template_id)
               WHERE e.tenant_id = $1 AND ($2::uuid IS NULL OR e.event_id < $2)`,
};

/**
 * Every change of a tenant's limits, numbers, accounts and templates with its cause, newest first.
 *
 * @param tx of staff
 * @param topics those asked for
 * @param page `before`: an id, where the last page ended
 */
export async function changesOfTenant(
  tx: Tx,
  tenantId: string,
  topics: readonly ChangeTopic[],
  page: { before?: string | undefined; limit: number },
): Promise<Change[]> {
  const parts = topics.map((topic) => `(${SELECTS[topic]} ORDER BY id DESC LIMIT $3)`);
  return tx.query(`SELECT * FROM (${parts.join('\nUNION ALL\n')}) changes ORDER BY id DESC LIMIT $3`, [
    tenantId,
    page.before ?? null,
    page.limit,
  ]);
}
