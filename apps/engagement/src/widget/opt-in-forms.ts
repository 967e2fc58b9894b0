import { Inject, Injectable } from '@nestjs/common';
import { CLOCK, type Clock } from '#libs/clock';
import { newId } from '#libs/ids';
import { Database, type Tx } from '#libs/persistence';
import type { OwnTexts } from './form-texts.js';

export interface OptInForm {
  formId: string;
  name: string;
  /** Our id of the number that customers chat with. */
  phoneNumberId: string;
  /** Websites that may show it, such as `https://shop.example`. */
  origins: string[];
  texts: OwnTexts;
  /** Whether it counts only once the customer has sent the message of the chat link (double opt-in). */
  confirm: boolean;
  enabled: boolean;
}

const COLUMNS = `form_id AS "formId", name, phone_number_id AS "phoneNumberId", origins, texts, confirm, enabled`;

/** Forms on merchants' websites; the one writer of them. */
@Injectable()
export class OptInForms {
  constructor(
    private readonly db: Database,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async list(tx: Tx, tenantId: string): Promise<OptInForm[]> {
    return tx.query(`SELECT ${COLUMNS} FROM opt_in_forms WHERE tenant_id = $1 ORDER BY form_id DESC`, [tenantId]);
  }

  async find(tx: Tx, tenantId: string, formId: string): Promise<OptInForm | undefined> {
    const [form]: OptInForm[] = await tx.query(
      `SELECT ${COLUMNS} FROM opt_in_forms WHERE tenant_id = $1 AND form_id = $2`,
      [tenantId, formId],
    );
    return form;
  }

  /** Stores a form, new or changed. */
  async save(
    tx: Tx,
    tenantId: string,
    form: Omit<OptInForm, 'formId'>,
    { formId, madeBy }: { formId?: string; madeBy: string },
  ): Promise<OptInForm> {
    const now = this.clock.now();
    const id = formId ?? newId(now);
    await tx.query(
      `INSERT INTO opt_in_forms (tenant_id, form_id, name, phone_number_id, origins, texts, confirm, enabled, made_by, updated_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
       ON CONFLICT (tenant_id, form_id) DO UPDATE SET name = excluded.name, phone_number_id = excluded.phone_number_id,
         origins = excluded.origins, texts = excluded.texts, confirm = excluded.confirm, enabled = excluded.enabled,
         updated_at = excluded.updated_at`,
      [
        tenantId,
        id,
        form.name,
        form.phoneNumberId,
        form.origins,
        JSON.stringify(form.texts),
        form.confirm,
        form.enabled,
        madeBy,
        now,
      ],
    );
    return { ...form, formId: id };
  }

  /** A form that is shown, by its id alone: a visitor of a website knows nobody's tenant. */
  async shown(formId: string): Promise<{ tenantId: string; form: OptInForm } | undefined> {
    const [row] = await this.db.query<{ tenantId: string }>(
      'SELECT tenant_id AS "tenantId" FROM door_opt_in_form($1)',
      [formId],
    );
    if (!row) return undefined;
    const { tenantId } = row;
    const form = await this.db.inTenant(tenantId, (tx) => this.find(tx, tenantId, formId));
    return form && { tenantId, form };
  }
}
