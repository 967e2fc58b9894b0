import type { Tx } from '#libs/persistence';
import {
  holdReport,
  judgeReport,
  nameReservedUntil,
  parseQuality,
  pauseHours,
  readCategoryUpdate,
  readTemplateStatus,
} from '#libs/template-state';
import { Template } from './template.entity.js';
import { note, stateBeforeArchive, toldNewer } from './template-history.js';
import type { AppliedReport, TemplateReport } from './template-report.js';

const HOUR_MS = 3_600_000;
/** Meta gives notice of another category a day ahead (template categorization page of 2025-11-14). */
const NOTICE_MS = 24 * HOUR_MS;

type Step = Omit<AppliedReport, 'templateId' | 'wabaId'> & { detail?: object };

/**
 * Applies a report of Meta's to a template that the caller has locked: late and repeated reports change nothing, and each
 * is in the history, with what became of it.
 */
export async function applyReport(tx: Tx, template: Template, report: TemplateReport, now: Date) {
  const { detail, ...step } = await judge(tx, template, report, now);
  await note(tx, template, now, {
    ...step,
    at: report.at,
    source: report.source,
    reason: report.status?.reason ?? null,
    ...(detail ? { detail } : {}),
  });
  return { templateId: template.templateId, wabaId: template.wabaId, ...step } satisfies AppliedReport;
}

function judge(tx: Tx, template: Template, report: TemplateReport, now: Date): Promise<Step> {
  if (report.status) return judgeStatus(tx, template, report.at, report.status, now);
  if (report.quality !== undefined) return judgeQuality(tx, template, report.at, report.quality, now);
  return judgeCategory(tx, template, report, now);
}

async function judgeStatus(
  tx: Tx,
  template: Template,
  at: Date,
  { word, reason, detail }: NonNullable<TemplateReport['status']>,
  now: Date,
): Promise<Step> {
  const read = readTemplateStatus(word, {
    state: template.status,
    beforeArchive: await stateBeforeArchive(tx, template),
  });
  const told = detail ? { detail: { says: detail } } : {};
  if (read.kind !== 'state') {
    if (read.kind === 'locked' && at >= template.statusAt) await change(tx, template, { locked: true }, now);
    return { kind: 'status', before: template.status, after: word, verdict: read.kind, ...told };
  }
  const held = { state: template.status, at: template.statusAt };
  const seen = { state: read.state, at };
  const verdict = judgeReport(held, seen);
  if (verdict === 'repeat') {
    // The same state again is newer knowledge of it; what was said of its reason stays unless it is said anew.
    await change(
      tx,
      template,
      { statusAt: holdReport(held, seen).at, ...(reason ? { reason, ...pauseOf(read.state, reason, at) } : {}) },
      now,
    );
  } else if (verdict !== 'stale') {
    await change(
      tx,
      template,
      {
        status: read.state,
        statusAt: holdReport(held, seen).at,
        reason: reason ?? null,
        reasonDetail: detail ?? null,
        locked: false,
        reservedUntil: isDeletion(read.state) ? nameReservedUntil(held.state, template.reservedUntil, at) : null,
        ...pauseOf(read.state, reason, at),
      },
      now,
    );
  }
  return { kind: 'status', before: held.state, after: read.state, verdict, ...told };
}

/** Deleted in WhatsApp Manager, or by Meta. */
const isDeletion = (state: Template['status']): boolean => state === 'pending_deletion' || state === 'deleted';

function pauseOf(state: Template['status'], reason: string | undefined, at: Date): Pick<Template, 'pauseEndsAt'> {
  const hours = state === 'paused' ? pauseHours(reason) : undefined;
  return { pauseEndsAt: hours === undefined ? null : new Date(at.getTime() + hours * HOUR_MS) };
}

async function judgeQuality(tx: Tx, template: Template, at: Date, word: string, now: Date): Promise<Step> {
  const quality = parseQuality(word);
  const step = { kind: 'quality' as const, before: template.quality };
  if (!quality) return { ...step, after: word, verdict: 'unlisted' };
  if (quality === template.quality) return { ...step, after: quality, verdict: 'repeat' };
  if (await toldNewer(tx, template, 'quality', at)) return { ...step, after: quality, verdict: 'stale' };
  await change(tx, template, { quality }, now);
  return { ...step, after: quality, verdict: 'apply' };
}

async function judgeCategory(tx: Tx, template: Template, { at, category }: TemplateReport, now: Date): Promise<Step> {
  const update = readCategoryUpdate(category);
  const before = template.category;
  if (update.kind === 'unreadable') return { kind: 'category', before, after: null, verdict: 'unlisted' };
  if (update.kind === 'impending') {
    const step = { kind: 'category_impending' as const, before, after: update.to };
    const comesAt = update.at ?? new Date(at.getTime() + NOTICE_MS);
    const detail = { comes_at: comesAt.toISOString() };
    // A notice that comes after the change it speaks of says nothing any more.
    if (update.to === before) return { ...step, verdict: 'stale', detail };
    if (await toldNewer(tx, template, 'category', at)) return { ...step, verdict: 'stale', detail };
    await change(tx, template, { categoryNext: update.to, categoryNextAt: comesAt }, now);
    return { ...step, verdict: 'apply', detail };
  }
  const step = { kind: 'category' as const, before, after: update.current };
  if (await toldNewer(tx, template, 'category', at)) return { ...step, verdict: 'stale' };
  // What was announced has come, or Meta has thought better of it.
  const settled = { categoryNext: null, categoryNextAt: null };
  if (update.current === before) {
    await change(tx, template, settled, now);
    return { ...step, verdict: 'repeat' };
  }
  await change(tx, template, { category: update.current, categoryBefore: before, ...settled }, now);
  return { ...step, verdict: 'apply' };
}

async function change(
  tx: Tx,
  { tenantId, templateId }: Template,
  to: Partial<Omit<Template, 'components'>>,
  now: Date,
): Promise<void> {
  await tx.getRepository(Template).update({ tenantId, templateId }, { ...to, updatedAt: now });
}
