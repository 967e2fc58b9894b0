import { Injectable } from '@nestjs/common';
import type { CallResult } from '#libs/outbox';
import type { Tx } from '#libs/persistence';
import { readTemplateStatus } from '#libs/template-state';
import { TemplateSyncs, Templates } from '#libs/templates';

/**
 * Meta's refusal of a send because of its template is a report of the template's state, often quicker than the webhook.
 * Taken at once, it spares the other messages that wait the same refusal; the comparison with Meta's list, asked for here,
 * puts right what was meant otherwise.
 */
@Injectable()
export class ToldTemplates {
  constructor(
    private readonly templates: Templates,
    private readonly syncs: TemplateSyncs,
  ) {}

  async apply(tx: Tx, tenantId: string, results: readonly CallResult[], now: Date): Promise<void> {
    const told = new Map(results.flatMap(({ told }) => (told ? [[told.templateId, told] as const] : [])));
    for (const { templateId, word, at } of told.values()) {
      const template = await this.templates.findById(tx, tenantId, templateId);
      const read = readTemplateStatus(word);
      if (!template?.metaTemplateId || (read.kind === 'state' && read.state === template.status)) continue;
      const { metaTemplateId, wabaId } = template;
      await this.templates.applyReport(tx, tenantId, { metaTemplateId, at, source: 'meta-answer', status: { word } });
      await this.syncs.ask(tx, tenantId, wabaId, now);
    }
  }
}
