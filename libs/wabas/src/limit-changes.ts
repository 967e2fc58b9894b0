import { derivedId } from '#libs/ids';
import type { Tx } from '#libs/persistence';

/** A messaging limit that changed, or what Meta said of raising it. */
export interface LimitChange {
  portfolioId: string;
  /** As Meta names it; null for the first that was seen. */
  was: string | null;
  /** Null where Meta only spoke of a raise, e.g. put it off. */
  became: string | null;
  /** Meta's time, where it gives one. */
  at: Date;
  /** The webhook's field and event, or `read`: asked of Meta by us. */
  cause: string;
  /** JSON text of the webhook's value. */
  detail?: string | undefined;
}

/** Keeps a change in the history of a portfolio; the same one once. */
export async function noteLimitChange(tx: Tx, tenantId: string, change: LimitChange): Promise<void> {
  const { portfolioId, was, became, at, cause, detail = null } = change;
  await tx.query(
    `INSERT INTO limit_changes (tenant_id, change_id, portfolio_id, was, became, at, cause, detail)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT DO NOTHING`,
    [tenantId, derivedId(at, portfolioId, became ?? '', cause), portfolioId, was, became, at, cause, detail],
  );
}

/** As many as people look through. */
const MOST_SHOWN = 50;

/** The history of a portfolio's limit, newest first, as far as it is shown. */
export async function limitChanges(
  tx: Tx,
  tenantId: string,
  portfolioId: string,
): Promise<Omit<LimitChange, 'portfolioId' | 'detail'>[]> {
  return tx.query(
    `SELECT was, became, at, cause FROM limit_changes WHERE tenant_id = $1 AND portfolio_id = $2
      ORDER BY change_id DESC LIMIT $3`,
    [tenantId, portfolioId, MOST_SHOWN],
  );
}
