import { Inject, Injectable } from '@nestjs/common';
import type { Logger } from 'pino';
import { CLOCK, type Clock } from '#libs/clock';
import { Leases } from '#libs/leases';
import { GraphClient, GraphError } from '#libs/meta-cloud';
import { LOGGER } from '#libs/observability';
import { Database, type Tx } from '#libs/persistence';
import { type Lanes, Wake } from '#libs/queues';
import { normaliseLanguage } from '#libs/template-state';
import { type Template, type TemplateDrift, TemplateSyncs, Templates } from '#libs/templates';
import { TenantEvents } from '#libs/tenant-events';
import { type Waba, Wabas } from '#libs/wabas';
import { driftEvent } from './drift-event.js';
import { differencesOf, isListed, isSameContent, LISTED_FIELDS, type ListedTemplate } from './listed-template.js';

const MINUTE_MS = 60_000;
/** Webhooks tell first; the list repairs. Far below Meta's 5,000 calls an hour for each account (2025-12-05). */
const EVERY_MS = 60 * MINUTE_MS;
/** After failures in a row; the last one repeats. */
const GAPS_MS = [1, 2, 5, 15, 60].map((minutes) => minutes * MINUTE_MS);
const PAGE = 100;
/** Meta lets an account have 6,000 templates (limits page, 2025-11); a list without end is no list. */
const MOST_PAGES = 100;
/** Templates compared in one transaction. */
const AT_ONCE = 100;
/** Templates missing from the list that are asked for one by one; the others wait for the next comparison. */
const MOST_ASKED = 50;

/** Compares the stored templates of a WABA with Meta's whole list and puts right what webhooks did not tell. */
@Injectable()
export class SyncTemplates {
  constructor(
    private readonly db: Database,
    private readonly leases: Leases,
    private readonly wabas: Wabas,
    private readonly templates: Templates,
    private readonly syncs: TemplateSyncs,
    private readonly graph: GraphClient,
    private readonly events: TenantEvents,
    private readonly wake: Wake,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /** Compares if it is time to; one process at a time for a WABA. */
  async ifDue(lane: Lanes['gateway.templates']): Promise<void> {
    const { tenantId, wabaId } = lane;
    await this.leases.hold(tenantId, `templates:${wabaId}`, async (stillMine) => {
      const { waba, sync } = await this.db.inTenant(tenantId, async (tx) => ({
        waba: await this.wabas.waba(tx, tenantId, { wabaId }),
        sync: await this.syncs.of(tx, tenantId, wabaId),
      }));
      if (!waba || (sync && sync.dueAt > this.clock.now())) return;
      const token = this.wabas.tokenOf(waba);
      if (token === undefined) return;
      await this.compare(waba, token, sync?.failures ?? 0, stillMine);
    });
  }

  private async compare(waba: Waba, token: string, failures: number, stillMine: () => boolean): Promise<void> {
    const { tenantId, wabaId } = waba;
    // Before the first call: what Meta tells by webhook from now on is newer than what it lists.
    const startedAt = this.clock.now();
    try {
      const listed = await this.listAtMeta(waba, token, stillMine);
      const drift = await this.applyList(waba, token, listed, startedAt);
      const at = this.clock.now();
      const nextAt = new Date(at.getTime() + EVERY_MS * (0.9 + 0.2 * Math.random()));
      await this.db.inTenant(tenantId, (tx) =>
        this.syncs.ended(tx, tenantId, wabaId, { startedAt, at, found: listed.length, drift, nextAt }),
      );
      if (drift.changed + drift.gone > 0) {
        this.logger.warn({ tenantId, wabaId, drift }, "templates differed from Meta's list");
      }
    } catch (error) {
      const at = this.clock.now();
      const gap = GAPS_MS[Math.min(failures, GAPS_MS.length - 1)] ?? EVERY_MS;
      this.logger.warn({ err: error, tenantId, wabaId, failures: failures + 1 }, 'could not compare templates');
      await this.db.inTenant(tenantId, (tx) =>
        this.syncs.failed(tx, tenantId, wabaId, {
          startedAt,
          at,
          error: (error as Error).message,
          failures: failures + 1,
          nextAt: new Date(at.getTime() + gap),
        }),
      );
    }
  }

  private async listAtMeta({ metaWabaId }: Waba, token: string, stillMine: () => boolean): Promise<ListedTemplate[]> {
    const all = new Map<string, ListedTemplate>();
    let after: string | undefined;
    for (let page = 0; page < MOST_PAGES; page++) {
      if (!stillMine()) throw new Error('another process took over');
      const answer = await this.graph.call<{
        data?: unknown;
        paging?: { cursors?: { after?: string }; next?: string };
      }>({
        path: `/${metaWabaId}/message_templates`,
        query: { fields: LISTED_FIELDS, limit: String(PAGE), after },
        token,
      });
      if (!Array.isArray(answer?.data) || !answer.data.every(isListed)) {
        throw new Error("Meta's list of templates could not be read");
      }
      for (const template of answer.data) all.set(template.id, template);
      after = answer.paging?.next ? answer.paging.cursors?.after : undefined;
      if (!after) return [...all.values()];
    }
    throw new Error("Meta's list of templates has no end");
  }

  private async applyList(
    waba: Waba,
    token: string,
    listed: readonly ListedTemplate[],
    startedAt: Date,
  ): Promise<TemplateDrift> {
    const { tenantId, wabaId } = waba;
    const drift: TemplateDrift = { imported: 0, gone: 0, changed: 0 };
    const stored = await this.db.inTenant(tenantId, (tx) => this.templates.ofWaba(tx, tenantId, wabaId));
    const byMetaId = new Map(stored.map((t) => [t.metaTemplateId, t]));
    const endpoints = new Set<string>();
    for (let i = 0; i < listed.length; i += AT_ONCE) {
      await this.db.inTenant(tenantId, async (tx) => {
        for (const one of listed.slice(i, i + AT_ONCE)) {
          const known = byMetaId.get(one.id);
          if (!known) {
            await this.import(tx, waba, one, startedAt);
            drift.imported++;
          } else {
            drift.changed += await this.settle(tx, waba, known, one, startedAt, endpoints);
          }
        }
      });
    }
    // One that was made anew under an old name took the old one's place above.
    const present = new Set(listed.flatMap((t) => [t.id, nameOf(t)]));
    const missing = stored.filter(
      (t) =>
        t.metaTemplateId &&
        !present.has(t.metaTemplateId) &&
        !present.has(nameOf(t)) &&
        t.statusAt < startedAt &&
        t.createdAt < startedAt,
    );
    for (const template of missing.slice(0, MOST_ASKED)) {
      if (!(await this.isGone(template, token))) continue;
      drift.gone++;
      await this.forget(waba, template, startedAt, endpoints);
    }
    for (const endpointId of endpoints) void this.wake.lane('gateway.deliver', { tenantId, endpointId });
    return drift;
  }

  private import(tx: Tx, { tenantId, wabaId }: Waba, one: ListedTemplate, at: Date): Promise<Template> {
    const { rejected_reason: reason, message_send_ttl_seconds: timeToLive, quality_score: score } = one;
    return this.templates.save(tx, tenantId, {
      wabaId,
      metaTemplateId: one.id,
      name: one.name,
      language: one.language,
      category: one.category,
      status: one.status,
      at,
      source: 'meta-poll',
      components: one.components,
      ...(one.parameter_format ? { parameterFormat: one.parameter_format } : {}),
      ...(Number.isInteger(timeToLive) ? { timeToLiveSeconds: timeToLive as number } : {}),
      ...(score?.score ? { quality: score.score } : {}),
      ...(reason && reason !== 'NONE' ? { reason } : {}),
    });
  }

  /** @returns how many facts were put right */
  private async settle(
    tx: Tx,
    waba: Waba,
    known: Template,
    one: ListedTemplate,
    at: Date,
    endpoints: Set<string>,
  ): Promise<number> {
    const { tenantId } = waba;
    let changed = 0;
    for (const difference of differencesOf(known, one)) {
      const report = { metaTemplateId: one.id, at, source: 'meta-poll' as const, ...difference };
      const applied = await this.templates.applyReport(tx, tenantId, report);
      if (applied?.verdict !== 'apply' && applied?.verdict !== 'apply-and-alert') continue;
      changed++;
      const told = driftEvent(waba.metaWabaId, known, applied, at);
      for (const endpointId of await this.events.publish(tx, tenantId, told)) endpoints.add(endpointId);
    }
    // An edit of ours that Meta's list does not show yet is newer than the list.
    if (known.updatedAt < at && !isSameContent(known.components, one.components)) {
      await this.templates.rewritten(tx, known, one.components, at);
      changed++;
    }
    return changed;
  }

  /** The list may lag behind; only what Meta does not know by its id is gone. */
  private async isGone({ metaTemplateId }: Template, token: string): Promise<boolean> {
    try {
      await this.graph.call({ path: `/${metaTemplateId}`, query: { fields: 'id,status' }, token });
      return false;
    } catch (error) {
      if (error instanceof GraphError && error.code === 100) return true;
      throw error;
    }
  }

  private async forget(waba: Waba, template: Template, at: Date, endpoints: Set<string>): Promise<void> {
    const { tenantId, wabaId } = waba;
    const { templateId, status: before } = template;
    await this.db.inTenant(tenantId, async (tx) => {
      await this.templates.deleted(tx, template, { at, gone: true, source: 'meta-poll' });
      const applied = {
        templateId,
        wabaId,
        kind: 'status' as const,
        before,
        after: 'deleted',
        verdict: 'apply' as const,
      };
      const told = driftEvent(waba.metaWabaId, template, applied, at);
      for (const endpointId of await this.events.publish(tx, tenantId, told)) endpoints.add(endpointId);
    });
  }
}

const nameOf = ({ name, language }: { name: string; language: string }): string =>
  `${name} ${normaliseLanguage(language)}`;
