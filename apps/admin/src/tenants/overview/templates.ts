import type { Tx } from '#libs/persistence';

export interface TemplateRow {
  id: string;
  waba_id: string;
  meta_template_id: string | null;
  name: string;
  language: string;
  category: string;
  status: string;
  /** The time that Meta gives the status. */
  status_at: Date;
  quality: string;
  reason: string | null;
}

/** The tenant's templates with their state, by name and language. */
export const templatesOf = (tx: Tx, tenantId: string): Promise<TemplateRow[]> =>
  tx.query(
    `SELECT template_id AS id, waba_id, meta_template_id, name, language, category, status, status_at, quality, reason
       FROM templates WHERE tenant_id = $1 AND status <> 'deleted' ORDER BY name, language, waba_id`,
    [tenantId],
  );
