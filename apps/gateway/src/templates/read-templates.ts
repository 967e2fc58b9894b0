import { Inject, Injectable } from '@nestjs/common';
import { CLOCK, type Clock } from '#libs/clock';
import { PAGE_SIZE, type Page, pageOf, Refusal } from '#libs/http';
import { isId } from '#libs/ids';
import { Database, type Tx } from '#libs/persistence';
import { Wake } from '#libs/queues';
import { type Template, TemplateSyncs, Templates } from '#libs/templates';
import { type Caller, reaches, requireReach } from '#libs/tenants';
import { type Waba, Wabas } from '#libs/wabas';
import { refuse } from '../graph-envelope/refuse.js';
import type { ListTemplatesRequest } from './template.request.js';
import {
  TemplateEventResponse,
  TemplateHistoryResponse,
  TemplateResponse,
  TemplateSyncResponse,
} from './template.response.js';

/** What tenants read of their templates beside Graph's form: state, advice, history, and how fresh our knowledge is. */
@Injectable()
export class ReadTemplates {
  constructor(
    private readonly db: Database,
    private readonly wabas: Wabas,
    private readonly templates: Templates,
    private readonly syncs: TemplateSyncs,
    private readonly wake: Wake,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  list(tenantId: string, query: ListTemplatesRequest): Promise<Page<TemplateResponse>> {
    const { waba_id: metaWabaId, cursor, name, language, status, category } = query;
    return this.db.inTenant(tenantId, async (tx) => {
      const wabas = await this.wabas.wabas(tx, tenantId);
      const waba = wabas.find((w) => w.metaWabaId === metaWabaId);
      if (metaWabaId && !waba) throw Refusal.notFound('account');
      const rows = await this.templates.newest(tx, tenantId, {
        ...(waba ? { wabaId: waba.wabaId } : {}),
        ...(name ? { name } : {}),
        ...(language ? { language } : {}),
        ...(status ? { status } : {}),
        ...(category ? { category } : {}),
        ...(cursor ? { before: cursor } : {}),
        limit: PAGE_SIZE + 1,
      });
      const metaIds = new Map(wabas.map((w) => [w.wabaId, w.metaWabaId]));
      return pageOf(
        rows,
        (t) => t.templateId,
        (t) => TemplateResponse.of(t, metaIds.get(t.wabaId) ?? '', this.clock.now()),
      );
    });
  }

  /** @param id ours or Meta's @throws Refusal when the tenant has no such template, or the key is for another account */
  one(caller: Caller, id: string): Promise<TemplateHistoryResponse> {
    const { tenantId } = caller;
    return this.db.inTenant(tenantId, async (tx) => {
      const template = await this.own(tx, caller, id);
      const waba = await this.wabas.waba(tx, tenantId, { wabaId: template.wabaId });
      const events = await this.templates.eventsOf(tx, tenantId, template.templateId);
      return {
        ...TemplateResponse.of(template, waba?.metaWabaId ?? '', this.clock.now()),
        history: events.map((event) => TemplateEventResponse.of(event)),
      };
    });
  }

  /** @param id ours or Meta's @throws Refusal when the tenant has no such template, or the key is for another account */
  find(caller: Caller, id: string): Promise<Template> {
    return this.db.inTenant(caller.tenantId, (tx) => this.own(tx, caller, id));
  }

  private async own(tx: Tx, caller: Caller, id: string): Promise<Template> {
    const { tenantId } = caller;
    const template = isId(id)
      ? await this.templates.findById(tx, tenantId, id)
      : await this.templates.findByMetaId(tx, tenantId, id);
    if (!template) throw Refusal.notFound('template');
    requireReach(caller, template);
    return template;
  }

  /** Every account that the caller reaches, also one that was never compared. */
  syncsOf(caller: Caller, metaWabaId?: string): Promise<TemplateSyncResponse[]> {
    const { tenantId } = caller;
    return this.db.inTenant(tenantId, async (tx) => {
      const wabas = await this.wabas.wabas(tx, tenantId);
      const syncs = new Map((await this.syncs.all(tx, tenantId)).map((s) => [s.wabaId, s]));
      return wabas
        .filter((w) => reaches(caller, w) && (metaWabaId === undefined || w.metaWabaId === metaWabaId))
        .map((w) => TemplateSyncResponse.of(w.metaWabaId, syncs.get(w.wabaId)));
    });
  }

  /** Asks for a comparison with Meta's list now. */
  async sync(caller: Caller, metaWabaId?: string): Promise<TemplateSyncResponse[]> {
    const { tenantId } = caller;
    const wabas = await this.db.inTenant(tenantId, async (tx) => {
      const all = await this.wabas.wabas(tx, tenantId);
      const chosen = all.filter((w) => metaWabaId === undefined || w.metaWabaId === metaWabaId);
      if (metaWabaId && chosen.length === 0) throw Refusal.notFound('account');
      for (const { wabaId } of chosen) await this.syncs.ask(tx, tenantId, wabaId, this.clock.now());
      return chosen;
    });
    for (const { wabaId } of wabas) void this.wake.lane('gateway.templates', { tenantId, wabaId });
    return this.syncsOf(caller, metaWabaId);
  }

  /** The account that is meant: the named one, or the only one. */
  chosen(tenantId: string, metaWabaId?: string): Promise<Waba> {
    return this.db.inTenant(tenantId, async (tx) => {
      const all = await this.wabas.wabas(tx, tenantId);
      if (metaWabaId !== undefined) {
        const named = all.find((w) => w.metaWabaId === metaWabaId);
        if (!named) throw Refusal.notFound('account');
        return named;
      }
      const [only, ...others] = all;
      if (!only) throw refuse('missing_parameter', 'waba_id: you have no account yet. Connect a number first.');
      if (others.length > 0) {
        const ids = all.map((w) => w.metaWabaId).join(', ');
        throw refuse('missing_parameter', `waba_id: is required, since you have several accounts: ${ids}.`);
      }
      return only;
    });
  }
}
