import type { Tx } from '#libs/persistence';

export interface SignupRow {
  id: string;
  kind: string;
  state: string;
  created_at: Date;
  updated_at: Date;
  /** In the order in which they were last touched. */
  steps: { step: string; state: string; attempts: number; said: object | null; updated_at: string }[];
}

/** Signups that are neither live nor cancelled, with their steps; Meta's answers are stored without secrets. */
export const openSignupsOf = (tx: Tx, tenantId: string): Promise<SignupRow[]> =>
  tx.query(
    `SELECT s.signup_id AS id, s.kind, s.state, s.created_at, s.updated_at,
            coalesce((SELECT json_agg(json_build_object('step', p.step, 'state', p.state, 'attempts', p.attempts,
                                                        'said', p.said, 'updated_at', p.updated_at)
                                      ORDER BY p.updated_at, p.step)
                        FROM signup_steps p WHERE p.tenant_id = s.tenant_id AND p.signup_id = s.signup_id), '[]') AS steps
       FROM signups s
      WHERE s.tenant_id = $1 AND s.state NOT IN ('live', 'cancelled') ORDER BY s.signup_id`,
    [tenantId],
  );
