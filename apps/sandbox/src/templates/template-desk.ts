import { GraphError } from '../graph/graph-error.js';
import type { Json, Template, Waba } from '../state/records.js';
import type { World } from '../state/world.js';
import type { Emitter } from '../webhooks/emitter.js';
import { requireRoom } from './creation-limits.js';
import { type GrammarRefusal, refuseComponents, refuseTemplate } from './template-grammar.js';
import { shapeOf } from './template-shape.js';

const DAY = 86_400_000;
const HOUR = 3_600_000;

export const TEMPLATE_STATUSES = [
  'PENDING',
  'APPROVED',
  'REJECTED',
  'PAUSED',
  'DISABLED',
  'IN_APPEAL',
  'PENDING_DELETION',
  'DELETED',
  'ARCHIVED',
  'UNARCHIVED',
  'LIMIT_EXCEEDED',
  'FLAGGED',
  'LOCKED',
  'REINSTATED',
] as const;
export type TemplateStatus = (typeof TEMPLATE_STATUSES)[number];

export interface Decision {
  status?: TemplateStatus;
  reason?: string;
  category?: string;
  /** A notice that the category will be this one in 24 hours. */
  correctCategory?: string;
  quality?: string;
}

const refuse = ({ subcode, title, details }: GrammarRefusal) =>
  new GraphError(100, details, { subcode, message: 'Invalid parameter', userTitle: title, userMessage: details });

/** Creates, edits, deletes and reviews templates (meta/templates.md). */
export class TemplateDesk {
  constructor(
    private readonly world: World,
    private readonly emitter: Emitter,
  ) {}

  /** @throws GraphError 100 with the subcode that tells what is wrong. */
  create(waba: Waba, given: Json): Template {
    const parameterFormat = String(given.parameter_format ?? '').toUpperCase() === 'NAMED' ? 'NAMED' : 'POSITIONAL';
    const draft = {
      name: given.name,
      language: given.language,
      category: typeof given.category === 'string' ? given.category.toUpperCase() : given.category,
      parameterFormat,
      components: given.components,
    } as const;
    const refusal = refuseTemplate(draft);
    if (refusal) throw refuse(refusal);
    const name = draft.name as string;
    const language = draft.language as string;
    if (this.world.findTemplate(waba, name, language)) {
      throw refuse({
        subcode: 2388024,
        title: 'Content in this language already exists',
        details: `There is already ${language} content for this template. Choose another name or edit it.`,
      });
    }
    if ((waba.retiredNames.get(`${name}\n${language}`) ?? 0) > this.world.now()) {
      throw refuse({
        subcode: 2388023,
        title: 'Message template language is being deleted',
        details: `${language} content of ${name} was deleted less than 30 days ago. Choose another name.`,
      });
    }
    requireRoom(this.world, waba);
    const template = this.world.addTemplate({
      wabaId: waba.id,
      name,
      language,
      category: draft.category as string,
      parameterFormat,
      components: draft.components as Json[],
      ttlSeconds: given.message_send_ttl_seconds === undefined ? undefined : Number(given.message_send_ttl_seconds),
    });
    waba.creations.push(this.world.now());
    this.startReview(template);
    return template;
  }

  /** Replaces components, category or TTL; the template goes back to review. */
  edit(template: Template, given: Json): void {
    if (!['APPROVED', 'REJECTED', 'PAUSED'].includes(template.status))
      throw refuse({
        title: 'Template cannot be edited',
        details: `A template that is ${template.status} cannot be edited.`,
      });
    // An approved template: once in 24 hours, 10 times in 30 days (meta/limits.md §5).
    const approved = template.status === 'APPROVED';
    const now = this.world.now();
    const edits = (template.edits ?? []).filter((at) => at > now - 30 * DAY);
    if (approved && (edits.length >= 10 || edits.some((at) => at > now - DAY)))
      throw refuse({
        title: 'Template cannot be edited',
        details: 'An approved template can be edited once in 24 hours and 10 times in 30 days.',
      });
    const category = typeof given.category === 'string' ? given.category.toUpperCase() : template.category;
    if (category !== template.category && template.status === 'APPROVED')
      throw refuse({ title: 'Template cannot be edited', details: 'The category of an approved template stays.' });
    const components = (given.components ?? template.components) as Json[];
    const refusal = refuseComponents(components, category, template.parameterFormat);
    if (refusal) throw refuse(refusal);
    Object.assign(template, {
      components,
      category,
      shape: shapeOf(components, template.parameterFormat, category),
      status: 'PENDING',
      rejectedReason: 'NONE',
    });
    if (given.message_send_ttl_seconds !== undefined) template.ttlSeconds = Number(given.message_send_ttl_seconds);
    if (approved) template.edits = [...edits, now];
    this.startReview(template);
  }

  remove(template: Template): void {
    if (template.status === 'DISABLED')
      throw refuse({ title: 'Template cannot be deleted', details: 'A disabled template cannot be deleted.' });
    this.world.removeTemplate(template);
  }

  /** What Meta decides, with the webhooks it sends for it. */
  decide(template: Template, decision: Decision): void {
    const waba = this.world.get('waba', template.wabaId)!;
    template.review?.();
    template.review = undefined;
    if (decision.category !== undefined && decision.category !== template.category)
      this.recategorise(template, waba, decision.category);
    if (decision.correctCategory !== undefined) this.announce(template, waba, decision.correctCategory);
    if (decision.quality !== undefined && decision.quality !== template.quality)
      this.rate(template, waba, decision.quality);
    if (decision.status !== undefined) this.setStatus(template, waba, decision.status, decision.reason);
  }

  private startReview(template: Template): void {
    template.review?.();
    const { template_review_ms: delay } = this.world.settings;
    if (delay < 0) return;
    template.review = this.world.clock.after(delay, () => {
      if (template.status === 'PENDING') this.decide(template, { status: 'APPROVED' });
    });
  }

  /** Another category in 24 hours, with a notice now (meta/templates.md §6). */
  private announce(template: Template, waba: Waba, correct: string): void {
    template.correctCategory = correct;
    this.emitter.account(waba, 'template_category_update', {
      ...this.naming(template),
      new_category: template.category,
      correct_category: correct,
      category_update_timestamp: Math.floor((this.world.now() + DAY) / 1000),
    });
    this.world.clock.after(DAY, () => {
      if (template.correctCategory !== correct || !this.world.get('template', template.id)) return;
      template.correctCategory = undefined;
      if (template.category !== correct) this.recategorise(template, waba, correct);
    });
  }

  private recategorise(template: Template, waba: Waba, category: string): void {
    template.previousCategory = template.category;
    template.category = category;
    template.shape = shapeOf(template.components, template.parameterFormat, category);
    this.emitter.account(waba, 'template_category_update', {
      ...this.naming(template),
      previous_category: template.previousCategory,
      new_category: category,
    });
  }

  private rate(template: Template, waba: Waba, quality: string): void {
    const previous = template.quality;
    template.quality = quality;
    this.emitter.account(waba, 'message_template_quality_update', {
      previous_quality_score: previous,
      new_quality_score: quality,
      ...this.naming(template),
    });
  }

  private setStatus(template: Template, waba: Waba, decided: TemplateStatus, reason = 'NONE'): void {
    // The third pause disables (meta/limits.md §4).
    const status = decided === 'PAUSED' && template.pauses >= 2 ? 'DISABLED' : decided;
    const resumed = template.status === 'PAUSED' && status === 'APPROVED';
    const before = template.status;
    if (status === 'ARCHIVED' && before !== 'ARCHIVED') template.statusBeforeArchive = before;
    template.status =
      status === 'REINSTATED'
        ? 'APPROVED'
        : status === 'UNARCHIVED'
          ? (template.statusBeforeArchive ?? before)
          : // Flagged and locked are events: the template is what it was.
            status === 'FLAGGED' || status === 'LOCKED'
            ? before
            : status;
    template.rejectedReason = status === 'REJECTED' ? (reason === 'NONE' ? 'INVALID_FORMAT' : reason) : 'NONE';
    const more: Json = {};
    if (status === 'PAUSED') {
      // First pause 3 hours, second 6 (meta/limits.md §4).
      template.pauses++;
      const hours = template.pauses === 1 ? 3 : 6;
      const title = template.pauses === 1 ? 'FIRST_PAUSE' : 'SECOND_PAUSE';
      more.other_info = { title, description: `Paused for ${hours} hours.` };
      template.review = this.world.clock.after(hours * HOUR, () => {
        if (template.status === 'PAUSED') this.decide(template, { status: 'APPROVED' });
      });
    }
    if (resumed) more.other_info = { title: 'UNPAUSE', description: 'Resumed.' };
    if (status === 'DISABLED') {
      more.disable_info = { disable_date: String(Math.floor(this.world.now() / 1000)) };
      more.other_info = { title: 'DISABLED', description: 'Disabled.' };
    }
    if (status === 'REJECTED' && template.rejectedReason === 'INVALID_FORMAT')
      more.rejection_info = {
        reason: 'The format is not valid.',
        recommendation: 'Edit the template and submit it again.',
      };
    if (status === 'PENDING_DELETION') this.deleteAfter(template, 30 * DAY);
    // Archived templates are deleted 28 days later (meta/templates.md §5).
    if (status === 'ARCHIVED') this.deleteAfter(template, 28 * DAY);
    if (status === 'DELETED') this.world.removeTemplate(template);
    this.emitter.account(waba, 'message_template_status_update', {
      event: status,
      ...this.naming(template),
      reason: status === 'PENDING_DELETION' ? null : status === 'REJECTED' ? template.rejectedReason : reason,
      message_template_category: template.category,
      ...more,
    });
  }

  private deleteAfter(template: Template, ms: number): void {
    const { status } = template;
    template.review = this.world.clock.after(ms, () => {
      if (template.status === status) this.decide(template, { status: 'DELETED' });
    });
  }

  /** Template webhooks write the language with a hyphen, everything else with an underscore (meta/webhooks.md §6). */
  private naming(template: Template): Json {
    return {
      message_template_id: Number(template.id),
      message_template_name: template.name,
      message_template_language: template.language.replace('_', '-'),
    };
  }
}
