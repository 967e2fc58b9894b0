import { Inject, Injectable } from '@nestjs/common';
import { LessThan, MoreThan, Not } from 'typeorm';
import { CLOCK, type Clock } from '#libs/clock';
import { newId } from '#libs/ids';
import type { Tx } from '#libs/persistence';
import {
  holdReport,
  judgeReport,
  nameReservedUntil,
  normaliseLanguage,
  parseCategory,
  parseQuality,
  readTemplateStatus,
  stateForSending,
  type TemplateCategory,
  type TemplateState,
} from '#libs/template-state';
import { applyReport } from './apply-report.js';
import { Template, TemplateEvent, type TemplateEventSource } from './template.entity.js';
import { creationsSince, editsSince, note } from './template-history.js';
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
  /** Whether a call of the tenant's created it just now: that is counted. */
  created?: boolean;
  parameterFormat?: string;
  components: unknown[];
  timeToLiveSeconds?: number;
  quality?: string;
  reason?: string;
}

/** What templates are listed by. */
export interface TemplateFilter {
  wabaId?: string;
  name?: string;
  language?: string;
  /** Without it all but the deleted ones. */
  status?: TemplateState;
  category?: TemplateCategory;
  after?: string;
  before?: string;
  limit: number;
}

/** What decides whether a template may be sent, and to whom. */
export interface TemplateStanding {
  /** As it counts for sending: one that the provider holds back is `paused`. */
  status: TemplateState;
  /** Meta's, who may change it while messages wait. */
  category: TemplateCategory;
}

const LIVING = Not('deleted' as const);

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
    // A comparison with Meta's list may find a template in the moment in which the call that made it is answered.
    await tx.query('SELECT pg_advisory_xact_lock(hashtextextended($1, 0))', [`templates of ${seen.wabaId}`]);
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
      categoryBefore: same?.categoryBefore ?? null,
      categoryNext: same?.categoryNext ?? null,
      categoryNextAt: same?.categoryNextAt ?? null,
      status: newer.state,
      statusAt: newer.at,
      quality: parseQuality(seen.quality) ?? same?.quality ?? 'unknown',
      reason: verdict === 'stale' ? (same?.reason ?? null) : (seen.reason ?? null),
      reasonDetail: same?.reasonDetail ?? null,
      pauseEndsAt: same?.pauseEndsAt ?? null,
      // Also of one that was made anew: a hold is not shaken off by deleting what is held.
      heldUntil: known?.heldUntil ?? null,
      locked: same?.locked ?? false,
      parameterFormat: (seen.parameterFormat ?? known?.parameterFormat ?? 'POSITIONAL').toUpperCase(),
      components: seen.components,
      timeToLiveSeconds: seen.timeToLiveSeconds ?? same?.timeToLiveSeconds ?? null,
      reservedUntil: null,
      createdAt: same?.createdAt ?? now,
      updatedAt: now,
    });
    if (seen.created) {
      const about = { at: seen.at, source: 'tenant' as const, before: null, after: null, reason: null };
      await note(tx, template, now, { ...about, kind: 'create', verdict: 'apply' });
    }
    await note(tx, template, now, {
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

  /**
   * Notes an edit that Meta took: the template is in review again.
   *
   * @param at the moment before the call
   * @param changed what the edit replaced
   */
  async edited(
    tx: Tx,
    template: Template,
    at: Date,
    changed: Partial<Pick<Template, 'components' | 'category' | 'timeToLiveSeconds'>>,
  ): Promise<Template> {
    const now = this.clock.now();
    await note(tx, template, now, {
      at,
      source: 'tenant',
      kind: 'edit',
      before: template.status,
      after: 'pending',
      verdict: 'apply',
      reason: null,
      detail: { fields: Object.keys(changed) },
    });
    return tx.getRepository(Template).save({
      ...template,
      ...changed,
      status: 'pending' as const,
      statusAt: at,
      reason: null,
      reasonDetail: null,
      pauseEndsAt: null,
      updatedAt: now,
    });
  }

  /**
   * Notes a deletion. The row stays with its history, and the name of an approved one is blocked for 30 days.
   *
   * @param gone false while Meta keeps it because messages are under way
   */
  async deleted(
    tx: Tx,
    template: Template,
    { at, gone, source }: { at: Date; gone: boolean; source: TemplateEventSource },
  ): Promise<void> {
    const now = this.clock.now();
    const { tenantId, templateId, status: before } = template;
    const after = gone ? 'deleted' : 'pending_deletion';
    await tx.getRepository(Template).update(
      { tenantId, templateId },
      {
        status: after,
        statusAt: at,
        updatedAt: now,
        reservedUntil: nameReservedUntil(before, template.reservedUntil, at),
      },
    );
    const kind = source === 'tenant' || source === 'staff' ? 'delete' : 'status';
    await note(tx, template, now, { at, source, kind, before, after, verdict: 'apply', reason: null });
  }

  /** Notes that Meta took the call that ends a pause. */
  async unpaused(tx: Tx, template: Template, at: Date): Promise<void> {
    const now = this.clock.now();
    const { tenantId, templateId, status: before } = template;
    await tx
      .getRepository(Template)
      .update(
        { tenantId, templateId },
        { status: 'approved', statusAt: at, reason: null, reasonDetail: null, pauseEndsAt: null, updatedAt: now },
      );
    const about = { at, source: 'tenant' as const, before, after: 'approved', reason: null };
    await note(tx, template, now, { ...about, kind: 'unpause', verdict: 'apply' });
  }

  /**
   * Holds a template back until a time, or no longer; its history tells both. As staff.
   *
   * @param until null: it is sent again where Meta sends it
   */
  async hold(tx: Tx, { tenantId, templateId }: Template, until: Date | null, reason: string): Promise<void> {
    const now = this.clock.now();
    await tx.getRepository(Template).update({ tenantId, templateId }, { heldUntil: until });
    const about = { at: now, source: 'staff' as const, before: null, after: until?.toISOString() ?? null, reason };
    await note(tx, { tenantId, templateId }, now, { ...about, kind: until ? 'hold' : 'hold_end', verdict: 'apply' });
  }

  /** Takes over the components that Meta lists, where they differ from ours. */
  async rewritten(tx: Tx, template: Template, components: unknown[], at: Date): Promise<void> {
    const now = this.clock.now();
    const { tenantId, templateId } = template;
    await tx
      .getRepository(Template)
      .update({ tenantId, templateId }, { components: components as never, updatedAt: now });
    const about = { at, source: 'meta-poll' as const, before: null, after: null, reason: null };
    await note(tx, template, now, { ...about, kind: 'components', verdict: 'apply' });
  }

  /** @param by name and language as sent (`en_US` or `en-US`); a deleted one is found too */
  find(tx: Tx, tenantId: string, by: { wabaId: string; name: string; language: string }): Promise<Template | null> {
    return tx
      .getRepository(Template)
      .findOneBy({ tenantId, wabaId: by.wabaId, name: by.name, language: normaliseLanguage(by.language) });
  }

  /** By Meta's id; deleted ones are not found. */
  findByMetaId(tx: Tx, tenantId: string, metaTemplateId: string): Promise<Template | null> {
    return tx.getRepository(Template).findOneBy({ tenantId, metaTemplateId, status: LIVING });
  }

  /** By our id, also a deleted one. */
  findById(tx: Tx, tenantId: string, templateId: string): Promise<Template | null> {
    return tx.getRepository(Template).findOneBy({ tenantId, templateId });
  }

  /** All languages of a name that are not deleted. */
  named(tx: Tx, tenantId: string, wabaId: string, name: string): Promise<Template[]> {
    return tx.getRepository(Template).findBy({ tenantId, wabaId, name, status: LIVING });
  }

  /** How many templates a WABA has, each language counted. */
  count(tx: Tx, tenantId: string, wabaId: string): Promise<number> {
    return tx.getRepository(Template).countBy({ tenantId, wabaId, status: LIVING });
  }

  /** All templates of a WABA that are not deleted. */
  ofWaba(tx: Tx, tenantId: string, wabaId: string): Promise<Template[]> {
    return tx.getRepository(Template).findBy({ tenantId, wabaId, status: LIVING });
  }

  /**
   * A page of a WABA's templates in the order of their making; deleted ones are left out.
   *
   * @param filter equal to these; `after`/`before`: template ids between which the page lies; `limit`: 1 and more
   */
  async list(tx: Tx, tenantId: string, wabaId: string, filter: Omit<TemplateFilter, 'wabaId'>): Promise<Template[]> {
    const { after, before, limit } = filter;
    const rows = await tx.getRepository(Template).find({
      where: {
        ...where(tenantId, { ...filter, wabaId }),
        ...(after ? { templateId: MoreThan(after) } : before ? { templateId: LessThan(before) } : {}),
      },
      order: { templateId: before && !after ? 'DESC' : 'ASC' },
      take: limit,
    });
    return before && !after ? rows.reverse() : rows;
  }

  /** A page of a tenant's templates, the newest first; `before`: only older than this template id. */
  newest(tx: Tx, tenantId: string, filter: Omit<TemplateFilter, 'after'>): Promise<Template[]> {
    return tx.getRepository(Template).find({
      where: {
        ...where(tenantId, filter),
        ...(filter.before ? { templateId: LessThan(filter.before) } : {}),
      },
      order: { templateId: 'DESC' },
      take: filter.limit,
    });
  }

  /** How these templates stand now; those that are gone are absent. */
  async standings(tx: Tx, tenantId: string, templateIds: readonly string[]): Promise<Map<string, TemplateStanding>> {
    const rows: (TemplateStanding & { templateId: string; heldUntil: Date | null })[] = await tx.query(
      `SELECT template_id AS "templateId", status, category, held_until AS "heldUntil" FROM templates
        WHERE tenant_id = $1 AND template_id = ANY ($2::uuid[])`,
      [tenantId, templateIds],
    );
    const now = this.clock.now();
    return new Map(
      rows.map(({ templateId, status, category, heldUntil }) => [
        templateId,
        { status: stateForSending(status, heldUntil, now), category },
      ]),
    );
  }

  /** The history of a template, oldest first. */
  eventsOf(tx: Tx, tenantId: string, templateId: string): Promise<TemplateEvent[]> {
    return tx.getRepository(TemplateEvent).find({ where: { tenantId, templateId }, order: { eventId: 'ASC' } });
  }

  /** When templates of a WABA were created by calls since an instant; of a template: when it was edited while approved. */
  creationsSince = creationsSince;
  editsSince = editsSince;

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
    return template ? applyReport(tx, template, report, this.clock.now()) : undefined;
  }
}

const where = (tenantId: string, { wabaId, name, language, status, category }: Omit<TemplateFilter, 'limit'>) => ({
  tenantId,
  ...(wabaId ? { wabaId } : {}),
  ...(name ? { name } : {}),
  ...(language ? { language: normaliseLanguage(language) } : {}),
  status: status ?? LIVING,
  ...(category ? { category } : {}),
});
