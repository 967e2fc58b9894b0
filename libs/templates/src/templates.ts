import { Inject, Injectable } from '@nestjs/common';
import { LessThan, MoreThan, Not } from 'typeorm';
import { CLOCK, type Clock } from '#libs/clock';
import { newId } from '#libs/ids';
import type { Tx } from '#libs/persistence';
import {
  holdReport,
  judgeReport,
  normaliseLanguage,
  parseCategory,
  parseQuality,
  readCategoryUpdate,
  readTemplateStatus,
  type TemplateCategory,
  type TemplateState,
} from '#libs/template-state';
import { Template, TemplateEvent, type TemplateEventSource } from './template.entity.js';
import type { AppliedReport, TemplateReport } from './template-report.js';

/** A template as Meta answered or lists it. */
export interface SeenTemplate {
  wabaId: string;
  metaTemplateId: string;
  name: string;
  language: string;
  /** Meta's word, in any case. */
  category: string;
  /** Meta's word, in any case. */
  status: string;
  /** The moment before the call to Meta, so that what Meta does because of it is never older. */
  at: Date;
  source: TemplateEventSource;
  parameterFormat?: string;
  components: unknown[];
  reason?: string;
}

/** The one writer of stored templates and their history. */
@Injectable()
export class Templates {
  constructor(@Inject(CLOCK) private readonly clock: Clock) {}

  /**
   * Stores a template as Meta has it; one of the same name and language in the WABA is brought up to date.
   *
   * @throws Error for a category we do not know: what is charged is never guessed
   */
  async save(tx: Tx, tenantId: string, seen: SeenTemplate): Promise<Template> {
    const now = this.clock.now();
    const templates = tx.getRepository(Template);
    const language = normaliseLanguage(seen.language);
    const category = parseCategory(seen.category);
    if (!category) throw new Error('a template of Meta has a category that is not in the catalogue');
    const read = readTemplateStatus(seen.status);
    const state: TemplateState = read.kind === 'state' ? read.state : 'pending';
    const known = await templates.findOne({
      where: { tenantId, wabaId: seen.wabaId, name: seen.name, language },
      lock: { mode: 'pessimistic_write' },
    });
    // A template made anew under an old name is another template: what was held of the old one says nothing of it.
    const same = known?.metaTemplateId === seen.metaTemplateId ? known : undefined;
    const held = same && { state: same.status, at: same.statusAt };
    const verdict = held ? judgeReport(held, { state, at: seen.at }) : 'apply';
    const newer = held ? holdReport(held, { state, at: seen.at }) : { state, at: seen.at };
    const template = await templates.save({
      tenantId,
      templateId: known?.templateId ?? newId(now),
      wabaId: seen.wabaId,
      metaTemplateId: seen.metaTemplateId,
      name: seen.name,
      language,
      category,
      status: newer.state,
      statusAt: newer.at,
      quality: same?.quality ?? 'unknown',
      reason: verdict === 'stale' ? (same?.reason ?? null) : (seen.reason ?? null),
      parameterFormat: (seen.parameterFormat ?? known?.parameterFormat ?? 'POSITIONAL').toUpperCase(),
      components: seen.components,
      createdAt: known?.createdAt ?? now,
      updatedAt: now,
    });
    await this.note(tx, template, {
      at: seen.at,
      source: seen.source,
      kind: 'status',
      before: same?.status ?? null,
      after: state,
      verdict,
      reason: seen.reason ?? null,
    });
    return template;
  }

  /** @param by name and language as sent (`en_US` or `en-US`) */
  find(tx: Tx, tenantId: string, by: { wabaId: string; name: string; language: string }): Promise<Template | null> {
    return tx
      .getRepository(Template)
      .findOneBy({ tenantId, wabaId: by.wabaId, name: by.name, language: normaliseLanguage(by.language) });
  }

  findByMetaId(tx: Tx, tenantId: string, metaTemplateId: string): Promise<Template | null> {
    return tx.getRepository(Template).findOneBy({ tenantId, metaTemplateId });
  }

  /** All languages of a name. */
  named(tx: Tx, tenantId: string, wabaId: string, name: string): Promise<Template[]> {
    return tx.getRepository(Template).findBy({ tenantId, wabaId, name });
  }

  /** Every template of a tenant, in the order of their making. */
  all(tx: Tx, tenantId: string): Promise<Template[]> {
    return tx.getRepository(Template).find({ where: { tenantId }, order: { templateId: 'ASC' } });
  }

  /**
   * A page of a WABA's templates in the order of their making; deleted ones are left out.
   *
   * @param filter equal to these; `after`/`before`: template ids between which the page lies; `limit`: 1 and more
   */
  async list(
    tx: Tx,
    tenantId: string,
    wabaId: string,
    filter: {
      name?: string;
      language?: string;
      status?: TemplateState;
      category?: TemplateCategory;
      after?: string;
      before?: string;
      limit: number;
    },
  ): Promise<Template[]> {
    const { after, before, limit, name, language, status, category } = filter;
    const rows = await tx.getRepository(Template).find({
      where: {
        tenantId,
        wabaId,
        ...(name ? { name } : {}),
        ...(language ? { language: normaliseLanguage(language) } : {}),
        status: status ?? Not('deleted'),
        ...(category ? { category } : {}),
        ...(after ? { templateId: MoreThan(after) } : before ? { templateId: LessThan(before) } : {}),
      },
      order: { templateId: before && !after ? 'DESC' : 'ASC' },
      take: limit,
    });
    return before && !after ? rows.reverse() : rows;
  }

  /** The states of these templates now; those that are gone are absent. */
  async statesOf(tx: Tx, tenantId: string, templateIds: readonly string[]): Promise<Map<string, TemplateState>> {
    const rows: { templateId: string; status: TemplateState }[] = await tx.query(
      'SELECT template_id AS "templateId", status FROM templates WHERE tenant_id = $1 AND template_id = ANY ($2::uuid[])',
      [tenantId, templateIds],
    );
    return new Map(rows.map((r) => [r.templateId, r.status]));
  }

  /** Takes a template out after Meta has deleted it; its history stays. */
  async remove(tx: Tx, template: Template, source: TemplateEventSource): Promise<void> {
    const { tenantId, templateId } = template;
    await tx.getRepository(Template).delete({ tenantId, templateId });
    await this.note(tx, template, {
      at: this.clock.now(),
      source,
      kind: 'status',
      before: template.status,
      after: 'deleted',
      verdict: 'apply',
      reason: null,
    });
  }

  /** The history of a template, oldest first. */
  eventsOf(tx: Tx, tenantId: string, templateId: string): Promise<TemplateEvent[]> {
    return tx.getRepository(TemplateEvent).find({ where: { tenantId, templateId }, order: { eventId: 'ASC' } });
  }

  /**
   * Applies a report of Meta's under the template's lock. Late and repeated reports change nothing; each is in the history.
   *
   * @returns what became of it; undefined when this tenant has no template with this id of Meta's
   */
  async applyReport(tx: Tx, tenantId: string, report: TemplateReport): Promise<AppliedReport | undefined> {
    const template = await tx.getRepository(Template).findOne({
      where: { tenantId, metaTemplateId: report.metaTemplateId },
      lock: { mode: 'pessimistic_write' },
    });
    if (!template) return undefined;
    const applied = await this.apply(tx, template, report);
    const { templateId, ...step } = applied;
    await this.note(tx, template, {
      ...step,
      at: report.at,
      source: report.source,
      reason: report.status?.reason ?? null,
    });
    return { templateId, ...step };
  }

  private async apply(tx: Tx, template: Template, report: TemplateReport): Promise<AppliedReport> {
    const { templateId } = template;
    if (report.status) {
      const read = readTemplateStatus(report.status.word, {
        state: template.status,
        beforeArchive: await this.stateBeforeArchive(tx, template),
      });
      if (read.kind !== 'state') {
        return { templateId, kind: 'status', before: template.status, after: report.status.word, verdict: read.kind };
      }
      const held = { state: template.status, at: template.statusAt };
      const seen = { state: read.state, at: report.at };
      const verdict = judgeReport(held, seen);
      if (verdict !== 'stale') {
        await this.change(tx, template, {
          status: read.state,
          statusAt: holdReport(held, seen).at,
          reason: report.status.reason ?? null,
        });
      }
      return { templateId, kind: 'status', before: held.state, after: read.state, verdict };
    }
    if (report.quality !== undefined) {
      const quality = parseQuality(report.quality);
      const step = { templateId, kind: 'quality' as const, before: template.quality };
      if (!quality) return { ...step, after: report.quality, verdict: 'unlisted' };
      if (quality === template.quality) return { ...step, after: quality, verdict: 'repeat' };
      if (await this.toldNewer(tx, template, 'quality', report.at))
        return { ...step, after: quality, verdict: 'stale' };
      await this.change(tx, template, { quality });
      return { ...step, after: quality, verdict: 'apply' };
    }
    const update = readCategoryUpdate(report.category);
    const step = { templateId, before: template.category };
    if (update.kind === 'unreadable') return { ...step, kind: 'category', after: null, verdict: 'unlisted' };
    if (update.kind === 'impending') return { ...step, kind: 'category_impending', after: update.to, verdict: 'apply' };
    const after = update.current;
    if (after === template.category) return { ...step, kind: 'category', after, verdict: 'repeat' };
    if (await this.toldNewer(tx, template, 'category', report.at)) {
      return { ...step, kind: 'category', after, verdict: 'stale' };
    }
    await this.change(tx, template, { category: after });
    return { ...step, kind: 'category', after, verdict: 'apply' };
  }

  private async change(
    tx: Tx,
    template: Template,
    to: Partial<Pick<Template, 'status' | 'statusAt' | 'reason' | 'quality' | 'category'>>,
  ): Promise<void> {
    const { tenantId, templateId } = template;
    await tx.getRepository(Template).update({ tenantId, templateId }, { ...to, updatedAt: this.clock.now() });
  }

  private async stateBeforeArchive(tx: Tx, template: Template): Promise<TemplateState | undefined> {
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
  private toldNewer(tx: Tx, template: Template, kind: string, at: Date): Promise<boolean> {
    const { tenantId, templateId } = template;
    return tx.getRepository(TemplateEvent).existsBy({ tenantId, templateId, kind, verdict: 'apply', at: MoreThan(at) });
  }

  private async note(
    tx: Tx,
    template: Pick<Template, 'tenantId' | 'templateId'>,
    step: Omit<TemplateEvent, 'tenantId' | 'templateId' | 'eventId'>,
  ): Promise<void> {
    const { tenantId, templateId } = template;
    await tx.getRepository(TemplateEvent).insert({ tenantId, templateId, eventId: newId(this.clock.now()), ...step });
  }
}
