import { Inject, Injectable } from '@nestjs/common';
import { CLOCK, type Clock } from '#libs/clock';
import { Refusal } from '#libs/http';
import { Database } from '#libs/persistence';
import { AuditLog, auditOf, type StaffCaller } from '#libs/staff';
import { type Template, Templates } from '#libs/templates';
import { requireHoldEnd } from './hold-end.js';

export interface HeldTemplateView {
  template_id: string;
  name: string;
  language: string;
  /** Meta's word. */
  status: string;
  held_until: Date | null;
}

interface Change {
  tenantId: string;
  templateId: string;
  reason: string;
  staff: StaffCaller;
}

/** Holds a template back for a while although Meta would send it, and ends that before its time. */
@Injectable()
export class HoldTemplate {
  constructor(
    private readonly db: Database,
    private readonly templates: Templates,
    private readonly audit: AuditLog,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** @throws Refusal 404 where the tenant has no such template; 400 for a hold that ends in the past, or in more than a year */
  async hold({ until, ...change }: Change & { until: Date }): Promise<HeldTemplateView> {
    requireHoldEnd(until, this.clock.now());
    return this.change(change, 'template.hold', until);
  }

  /** What waits for it goes out within seconds. @throws Refusal 404 as `hold`; 409 where nothing is held */
  async end(change: Change): Promise<HeldTemplateView> {
    return this.change(change, 'template.hold.end', null);
  }

  private change(
    { tenantId, templateId, reason, staff }: Change,
    action: string,
    until: Date | null,
  ): Promise<HeldTemplateView> {
    return this.db.inTenant(tenantId, async (tx) => {
      const template = await this.templates.findById(tx, tenantId, templateId);
      if (!template || template.status === 'deleted') throw Refusal.notFound('template');
      const before = this.heldUntil(template);
      if (!until && !before) throw Refusal.conflict('This template is not held back.');
      await this.templates.hold(tx, template, until, reason);
      await this.audit.record(tx, {
        ...auditOf(staff, reason),
        action,
        object: `template:${templateId}`,
        tenantId,
        before: { held_until: before },
        after: { held_until: until },
      });
      const { name, language, status } = template;
      return { template_id: templateId, name, language, status, held_until: until };
    });
  }

  /** Null where a hold is over. */
  private heldUntil({ heldUntil }: Template): Date | null {
    return heldUntil && heldUntil > this.clock.now() ? heldUntil : null;
  }
}
