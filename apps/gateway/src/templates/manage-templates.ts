import { Inject, Injectable } from '@nestjs/common';
import { CLOCK, type Clock } from '#libs/clock';
import { GraphClient, GraphError } from '#libs/meta-cloud';
import { Database } from '#libs/persistence';
import { Wake } from '#libs/queues';
import { canMove, checkTemplate, parseCategory, readTemplateStatus, templateLimitsAt } from '#libs/template-state';
import { type Template, Templates } from '#libs/templates';
import type { Caller } from '#libs/tenants';
import { Wabas } from '#libs/wabas';
import { refuse, unknownObject } from '../graph-envelope/refuse.js';
import type { PageAsked } from '../graph-list/graph-page.js';
import { AccountAtMeta } from './account-at-meta.js';
import { CreationRoom } from './creation-room.js';
import { refuseProblems } from './refuse-problems.js';

export interface CreatedTemplate {
  id: string;
  status: string;
  category: string;
}

/** What is deleted: all languages of a name, or one template by Meta's id. */
export interface DeletedBy {
  name?: string;
  hsm_id?: string;
}

/** Makes, lists and deletes templates: what writes goes to Meta first and is stored as Meta answered. */
@Injectable()
export class ManageTemplates {
  constructor(
    private readonly db: Database,
    private readonly wabas: Wabas,
    private readonly templates: Templates,
    private readonly account: AccountAtMeta,
    private readonly room: CreationRoom,
    private readonly graph: GraphClient,
    private readonly wake: Wake,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /**
   * @param metaWabaId Meta's id of the account, from the path
   * @param body the request as it came; fields we do not know go to Meta with the rest
   * @throws Refusal with every problem of the template, or as Meta refused it
   */
  async create(caller: Caller, metaWabaId: string, body: Record<string, unknown>): Promise<CreatedTemplate> {
    const { waba, token } = await this.account.writable(caller, { metaWabaId });
    const at = this.clock.now();
    const wrong = refuseProblems(checkTemplate(body, templateLimitsAt(at.toISOString().slice(0, 10))));
    if (wrong) throw wrong;
    await this.room.require(waba, { name: String(body.name), language: String(body.language) }, at);
    const answer = await this.account.call<CreatedTemplate>({
      method: 'POST',
      path: `/${metaWabaId}/message_templates`,
      body,
      token,
    });
    const ttl = Number(body.message_send_ttl_seconds ?? Number.NaN);
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
        created: true,
        ...(typeof body.parameter_format === 'string' ? { parameterFormat: body.parameter_format } : {}),
        ...(Number.isInteger(ttl) ? { timeToLiveSeconds: ttl } : {}),
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
   * @throws Refusal when the tenant has no such template, or one of them is in a state in which Meta deletes nothing
   */
  async remove(caller: Caller, metaWabaId: string, by: DeletedBy): Promise<{ success: true }> {
    const { tenantId } = caller;
    const { waba, token } = await this.account.writable(caller, { metaWabaId });
    if (!by.name && !by.hsm_id) throw refuse('missing_parameter', 'name: is required (and hsm_id for one language).');
    const doomed = await this.db.inTenant(tenantId, async (tx) => {
      const found = by.hsm_id
        ? [await this.templates.findByMetaId(tx, tenantId, by.hsm_id)]
        : await this.templates.named(tx, tenantId, waba.wabaId, by.name ?? '');
      return found.filter((t): t is Template => t?.wabaId === waba.wabaId && (!by.name || t.name === by.name));
    });
    const [one] = doomed;
    if (!one) throw unknownObject(by.hsm_id ?? by.name ?? '');
    const fixed = doomed.find((t) => t.status !== 'pending_deletion' && !canMove(t.status, 'pending_deletion', 'us'));
    if (fixed) {
      throw refuse(
        'template_not_editable',
        `name: ${fixed.name} in ${fixed.language} is ${fixed.status}, and Meta does not delete such a template.`,
      );
    }
    const at = this.clock.now();
    await this.account.call({
      method: 'DELETE',
      path: `/${metaWabaId}/message_templates`,
      query: { name: one.name, hsm_id: by.hsm_id },
      token,
    });
    for (const template of doomed) {
      const gone = await this.isGone(template, token);
      await this.db.inTenant(tenantId, (tx) => this.templates.deleted(tx, template, { at, gone, source: 'tenant' }));
    }
    void this.wake.lane('gateway.templates', { tenantId, wabaId: waba.wabaId });
    return { success: true };
  }

  /** Meta keeps a deleted template while messages of it are under way, at most 30 days, as PENDING_DELETION. */
  private async isGone({ metaTemplateId }: Template, token: string): Promise<boolean> {
    try {
      await this.graph.call({ path: `/${metaTemplateId}`, query: { fields: 'status' }, token });
      return false;
    } catch (error) {
      // Whatever else went wrong: the comparison with Meta's list finds out.
      return error instanceof GraphError && error.code === 100;
    }
  }
}
