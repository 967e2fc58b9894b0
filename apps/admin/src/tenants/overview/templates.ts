import type { Tx } from '#libs/persistence';

export interface TemplateRow {
  id: string;
  waba_id: string;
  meta_template_id: string | null;
  name: string;
  language: string;
  category: string;
  /** The category that Meta gave notice of, and when it comes. */
  category_next: string | null;
  category_next_at: Date | null;
  status: string;
  /** The time that Meta gives the status. */
  status_at: Date;
  quality: string;
  reason: string | null;
  pause_ends_at: Date | null;
}

/** The tenant's templates with their state, by name and language. */
export const templatesOf = (tx: Tx, tenantId: string): Promise<TemplateRow[]> =>
  tx.query(
    `SELECT template_id AS id, waba_id, meta_template_id, name, language, category, category_next, category_next_at, status,
            status_at, quality, reason, pause_ends_at
       FROM templates WHERE tenant_id = $1 AND status <> 'deleted' ORDER BY name, language, waba_id`,
    [tenantId],
  );

/** How the templates of an account were last compared with Meta's list. */
export interface TemplateSyncRow {
  waba_id: string;
  synced_at: Date | null;
  due_at: Date;
  found: number | null;
  /** What differed although webhooks should have told it. */
  drift: object | null;
  failures: number;
  /** Why the last one failed; null after a good one. */
  error: string | null;
}

export const templateSyncsOf = (tx: Tx, tenantId: string): Promise<TemplateSyncRow[]> =>
  tx.query(
    `SELECT waba_id, synced_at, due_at, found, drift, failures, error
       FROM template_syncs WHERE tenant_id = $1 ORDER BY waba_id`,
    [tenantId],
  );

/** Something about a template that staff should know without being asked. */
export interface TemplateNewsRow {
  template_id: string;
  name: string;
  language: string;
  at: Date;
  source: string;
  kind: string;
  before: string | null;
  after: string | null;
  /** `apply-and-alert`: no move that we know leads there. */
  verdict: string;
  reason: string | null;
}

/** Of the last seven days, the newest 50: what stopped a template, changed what it costs, or was not expected. */
export const templateNewsOf = (tx: Tx, tenantId: string, now: Date): Promise<TemplateNewsRow[]> =>
  tx.query(
    `SELECT e.template_id, t.name, t.language, e.at, e.source, e.kind, e.before, e.after, e.verdict, e.reason
       FROM template_events e JOIN templates t USING (tenant_id, template_id)
      WHERE e.tenant_id = $1 AND e.at > $2::timestamptz - interval '7 days'
        AND (e.verdict = 'apply-and-alert' OR (e.verdict = 'apply' AND
             (e.kind IN ('category', 'category_impending') AND e.before IS NOT NULL
              OR e.kind = 'status' AND e.after IN ('paused', 'disabled', 'rejected', 'archived', 'flagged')
              OR e.kind = 'quality' AND e.after = 'red')))
      ORDER BY e.at DESC, e.event_id DESC LIMIT 50`,
    [tenantId, now],
  );
