import { MoreThan, MoreThanOrEqual } from 'typeorm';
import { newId } from '#libs/ids';
import type { Tx } from '#libs/persistence';
import type { TemplateState } from '#libs/template-state';
import { type Template, TemplateEvent, type TemplateEventKind } from './template.entity.js';

type Named = Pick<Template, 'tenantId' | 'templateId'>;

/** Writes a step into a template's history. */
export async function note(
  tx: Tx,
  { tenantId, templateId }: Named,
  now: Date,
  step: Omit<TemplateEvent, 'tenantId' | 'templateId' | 'eventId' | 'detail'> & { detail?: object },
): Promise<void> {
  const { detail = null, ...rest } = step;
  await tx.getRepository(TemplateEvent).insert({ tenantId, templateId, eventId: newId(now), ...rest, detail } as never);
}

/** What the template was before it was archived; undefined when it is not, or we did not see it happen. */
export async function stateBeforeArchive(tx: Tx, template: Template): Promise<TemplateState | undefined> {
  if (template.status !== 'archived') return undefined;
  const { tenantId, templateId } = template;
  const [archived] = await tx.getRepository(TemplateEvent).find({
    where: { tenantId, templateId, kind: 'status', after: 'archived' },
    order: { eventId: 'DESC' },
    take: 1,
  });
  return (archived?.before as TemplateState | null | undefined) ?? undefined;
}

/** Whether an applied report of this kind is newer than the one at hand. */
export function toldNewer(tx: Tx, { tenantId, templateId }: Named, kind: TemplateEventKind, at: Date) {
  return tx.getRepository(TemplateEvent).existsBy({ tenantId, templateId, kind, verdict: 'apply', at: MoreThan(at) });
}

/** When templates of a WABA were created by our calls since an instant. */
export async function creationsSince(tx: Tx, tenantId: string, wabaId: string, since: Date): Promise<Date[]> {
  const rows: { at: Date }[] = await tx.query(
    `SELECT e.at FROM template_events e JOIN templates t USING (tenant_id, template_id)
      WHERE e.tenant_id = $1 AND t.waba_id = $2 AND e.kind = 'create' AND e.at >= $3`,
    [tenantId, wabaId, since],
  );
  return rows.map((r) => r.at);
}

/** When a template was edited since an instant while it was approved: those edits are limited. */
export async function editsSince(tx: Tx, { tenantId, templateId }: Named, since: Date): Promise<Date[]> {
  const rows = await tx.getRepository(TemplateEvent).find({
    where: (['approved', 'flagged'] as const).map((before) => ({
      tenantId,
      templateId,
      kind: 'edit' as const,
      before,
      at: MoreThanOrEqual(since),
    })),
  });
  return rows.map((e) => e.at);
}
