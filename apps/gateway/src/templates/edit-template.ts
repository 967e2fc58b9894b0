import { Inject, Injectable } from '@nestjs/common';
import { CLOCK, type Clock } from '#libs/clock';
import { Database } from '#libs/persistence';
import { Wake } from '#libs/queues';
import {
  canMove,
  checkTemplateEdit,
  EDIT_LIMITS,
  mayEdit,
  parseCategory,
  templateLimitsAt,
} from '#libs/template-state';
import { type Template, Templates } from '#libs/templates';
import type { Caller } from '#libs/tenants';
import { refuse, unknownObject } from '../graph-envelope/refuse.js';
import { AccountAtMeta } from './account-at-meta.js';
import { refuseProblems } from './refuse-problems.js';

const LONGEST_LIMIT_MS = Math.max(...EDIT_LIMITS.map((limit) => limit.withinMs));

/** Changes templates that exist: their content, and the end of a pause that pacing began. */
@Injectable()
export class EditTemplate {
  constructor(
    private readonly db: Database,
    private readonly templates: Templates,
    private readonly account: AccountAtMeta,
    private readonly wake: Wake,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /**
   * Replaces components, category or time to live; the template goes to review again.
   *
   * @param body the request as it came; fields we do not know go to Meta with the rest
   * @returns the template as it now is with us
   * @throws Refusal with every problem, for a state or a frequency in which Meta allows no edit, or as Meta refused it
   */
  async edit(caller: Caller, metaTemplateId: string, body: Record<string, unknown>): Promise<Template> {
    const template = await this.own(caller, metaTemplateId);
    const { token } = await this.account.writable(caller, { wabaId: template.wabaId });
    const at = this.clock.now();
    const changed = this.changesOf(template, body, at);
    await this.requireTurn(caller, template, at);
    await this.account.call({ method: 'POST', path: `/${metaTemplateId}`, body, token });
    const edited = await this.db.inTenant(caller.tenantId, (tx) => this.templates.edited(tx, template, at, changed));
    this.follow(template);
    return edited;
  }

  private changesOf(template: Template, body: Record<string, unknown>, now: Date) {
    const { components, category: asked, message_send_ttl_seconds: timeToLive } = body;
    if (components === undefined && asked === undefined && timeToLive === undefined) {
      throw refuse('missing_parameter', 'components: is required (or category, or message_send_ttl_seconds).');
    }
    const category = asked === undefined ? template.category : parseCategory(asked);
    if (!category) throw refuse('invalid_parameter', 'category: must be MARKETING, UTILITY or AUTHENTICATION.');
    const isApproved = template.status === 'approved' || template.status === 'flagged';
    if (isApproved && category !== template.category) {
      throw refuse(
        'template_not_editable',
        'category: of an approved template stays as it is. Create another template in the category you need.',
      );
    }
    const form = template.parameterFormat === 'NAMED' ? 'named' : 'positional';
    const limits = templateLimitsAt(now.toISOString().slice(0, 10));
    const about = { category, form, ...(timeToLive === undefined ? {} : { timeToLive }) } as const;
    const problems = checkTemplateEdit(components ?? template.components, about, limits);
    // Components as Meta lists them are not always as they may be submitted; those that stay are not judged again.
    const wrong = refuseProblems(problems.filter((p) => components !== undefined || !p.at.startsWith('components')));
    if (wrong) throw wrong;
    return {
      ...(Array.isArray(components) ? { components } : {}),
      ...(asked === undefined ? {} : { category }),
      ...(timeToLive === undefined ? {} : { timeToLiveSeconds: Number(timeToLive) }),
    };
  }

  private async requireTurn(caller: Caller, template: Template, now: Date): Promise<void> {
    const since = new Date(now.getTime() - LONGEST_LIMIT_MS);
    const edits = await this.db.inTenant(caller.tenantId, (tx) => this.templates.editsSince(tx, template, since));
    const allowance = template.locked
      ? { allowed: false as const, why: 'state' as const }
      : mayEdit(template.status, edits, now);
    if (allowance.allowed) return;
    if (allowance.why === 'state') {
      throw refuse(
        'template_not_editable',
        `This template is ${template.locked ? 'locked by Meta' : template.status}. Meta lets approved, rejected and ` +
          'paused templates be edited.',
      );
    }
    throw refuse(
      'template_not_editable',
      'Meta lets an approved template be edited once in 24 hours and 10 times in 30 days. The next edit is possible at ' +
        `${allowance.retryAt?.toISOString()}.`,
    );
  }

  /**
   * Ends a pause that pacing began (Meta, `POST /<TEMPLATE_ID>/unpause`).
   *
   * @throws Refusal when the template is not paused, or as Meta refused it
   */
  async unpause(caller: Caller, metaTemplateId: string): Promise<{ success: boolean }> {
    const template = await this.own(caller, metaTemplateId);
    const { token } = await this.account.writable(caller, { wabaId: template.wabaId });
    if (!canMove(template.status, 'approved', 'us')) {
      throw refuse('template_not_editable', `This template is ${template.status}: only a paused one can be unpaused.`);
    }
    const at = this.clock.now();
    const path = `/${metaTemplateId}/unpause`;
    const answer = await this.account.call<{ success?: boolean }>({ method: 'POST', path, body: {}, token });
    if (answer?.success !== true) return { success: false };
    await this.db.inTenant(caller.tenantId, (tx) => this.templates.unpaused(tx, template, at));
    this.follow(template);
    return { success: true };
  }

  private async own({ tenantId }: Caller, metaTemplateId: string): Promise<Template> {
    const template = await this.db.inTenant(tenantId, (tx) =>
      this.templates.findByMetaId(tx, tenantId, metaTemplateId),
    );
    if (!template) throw unknownObject(metaTemplateId);
    return template;
  }

  /** What waits to be sent with it follows its new state. */
  private follow({ tenantId, wabaId }: Template): void {
    void this.wake.lane('gateway.templates', { tenantId, wabaId });
  }
}
