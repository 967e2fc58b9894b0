import { Inject, Injectable } from '@nestjs/common';
import { CLOCK, type Clock } from '#libs/clock';
import { GraphClient } from '#libs/meta-cloud';
import { Database } from '#libs/persistence';
import { checkTemplate, parseCategory, readTemplateStatus, summarise, templateLimitsAt } from '#libs/template-state';
import { type Template, Templates } from '#libs/templates';
import type { Caller } from '#libs/tenants';
import { type Waba, Wabas } from '#libs/wabas';
import { fromGraph, refuse, unknownObject } from '../graph-envelope/refuse.js';
import type { PageAsked } from '../graph-list/graph-page.js';

export interface CreatedTemplate {
  id: string;
  status: string;
  category: string;
}

/** Makes, lists and deletes templates: what writes goes to Meta first and is stored as Meta answered. */
@Injectable()
export class ManageTemplates {
  constructor(
    private readonly db: Database,
    private readonly wabas: Wabas,
    private readonly templates: Templates,
    private readonly graph: GraphClient,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /**
   * @param metaWabaId Meta's id of the account, from the path
   * @param body the request as it came; fields we do not know go to Meta with the rest
   * @throws Refusal with every problem of the template, or as Meta refused it
   */
  async create(caller: Caller, metaWabaId: string, body: Record<string, unknown>): Promise<CreatedTemplate> {
    const { waba, token } = await this.writableWaba(caller, metaWabaId);
    const at = this.clock.now();
    const wrong = summarise(checkTemplate(body, templateLimitsAt(at.toISOString().slice(0, 10))));
    if (wrong) throw refuse(wrong.refusal, wrong.details);
    const answer = await this.call<CreatedTemplate>({
      method: 'POST',
      path: `/${metaWabaId}/message_templates`,
      body,
      token,
    });
    await this.db.inTenant(caller.tenantId, (tx) =>
      this.templates.save(tx, caller.tenantId, {
        wabaId: waba.wabaId,
        metaTemplateId: String(answer.id),
        name: String(body.name),
        language: String(body.language),
        category: answer.category ?? String(body.category),
        status: answer.status ?? 'PENDING',
        at,
        source: 'meta-answer',
        ...(typeof body.parameter_format === 'string' ? { parameterFormat: body.parameter_format } : {}),
        components: Array.isArray(body.components) ? body.components : [],
      }),
    );
    return answer;
  }

  /** A page of the account's templates, one more than asked for if there are more. */
  async list(
    caller: Caller,
    metaWabaId: string,
    query: Readonly<Record<string, unknown>>,
    page: PageAsked,
  ): Promise<Template[]> {
    const word = (name: string) =>
      typeof query[name] === 'string' && query[name] ? (query[name] as string) : undefined;
    const asked = word('status');
    const status = asked === undefined ? undefined : readTemplateStatus(asked);
    const category = parseCategory(word('category'));
    if (status && status.kind !== 'state') throw refuse('invalid_parameter', 'status: is not a state of templates.');
    if (word('category') && !category) {
      throw refuse('invalid_parameter', 'category: must be MARKETING, UTILITY or AUTHENTICATION.');
    }
    const [name, language] = [word('name'), word('language')];
    return this.db.inTenant(caller.tenantId, async (tx) => {
      const waba = await this.wabas.waba(tx, caller.tenantId, { metaWabaId });
      if (!waba) throw unknownObject(metaWabaId);
      return this.templates.list(tx, caller.tenantId, waba.wabaId, {
        ...(name ? { name } : {}),
        ...(language ? { language } : {}),
        ...(status?.kind === 'state' ? { status: status.state } : {}),
        ...(category ? { category } : {}),
        ...(page.after ? { after: page.after } : {}),
        ...(page.before ? { before: page.before } : {}),
        limit: page.limit + 1,
      });
    });
  }

  /**
   * Deletes all languages of a name, or with `hsm_id` the one template.
   *
   * @throws Refusal when the tenant has no such template
   */
  async remove(caller: Caller, metaWabaId: string, by: { name?: string; hsm_id?: string }): Promise<{ success: true }> {
    const { waba, token } = await this.writableWaba(caller, metaWabaId);
    if (!by.name && !by.hsm_id) throw refuse('missing_parameter', 'name: is required (and hsm_id for one language).');
    const doomed = await this.db.inTenant(caller.tenantId, async (tx) => {
      const found = by.hsm_id
        ? [await this.templates.findByMetaId(tx, caller.tenantId, by.hsm_id)]
        : await this.templates.named(tx, caller.tenantId, waba.wabaId, by.name ?? '');
      return found.filter((t): t is Template => t?.wabaId === waba.wabaId && (!by.name || t.name === by.name));
    });
    const [one] = doomed;
    if (!one) throw unknownObject(by.hsm_id ?? by.name ?? '');
    await this.call({
      method: 'DELETE',
      path: `/${metaWabaId}/message_templates`,
      query: { name: one.name, hsm_id: by.hsm_id },
      token,
    });
    await this.db.inTenant(caller.tenantId, async (tx) => {
      for (const template of doomed) await this.templates.remove(tx, template, 'tenant');
    });
    return { success: true };
  }

  private async writableWaba(caller: Caller, metaWabaId: string): Promise<{ waba: Waba; token: string }> {
    if (caller.tenantStatus !== 'active') {
      throw refuse('tenant_suspended', 'Your provider has suspended this account. Ask its support what to do.');
    }
    const waba = await this.db.inTenant(caller.tenantId, (tx) => this.wabas.waba(tx, caller.tenantId, { metaWabaId }));
    if (!waba) throw unknownObject(metaWabaId);
    const token = this.wabas.tokenOf(waba);
    if (token === undefined) {
      throw refuse(
        'number_disconnected',
        'We have no access to this account at Meta. Connect it in the onboarding app.',
      );
    }
    return { waba, token };
  }

  private async call<T>(request: Parameters<GraphClient['call']>[0]): Promise<T> {
    try {
      return await this.graph.call<T>(request);
    } catch (error) {
      throw fromGraph(error);
    }
  }
}
