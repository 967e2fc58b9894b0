import { Inject, Injectable } from '@nestjs/common';
import { In } from 'typeorm';
import { CLOCK, type Clock } from '#libs/clock';
import { newId } from '#libs/ids';
import { Database, type Tx } from '#libs/persistence';
import { Application, ApplicationDocument, ApplicationEntry } from './application.entity.js';
import { type ApplicationMove, clockAfter, movedBy, OPEN_STATES } from './application-state.js';
import { screenApplication } from './screen-application.js';

/** What a merchant tells of itself. */
export type ApplicationForm = Pick<
  Application,
  | 'company'
  | 'country'
  | 'registrationNumber'
  | 'website'
  | 'contactName'
  | 'contactEmail'
  | 'phone'
  | 'displayName'
  | 'monthlyMessages'
  | 'trade'
  | 'useCases'
  | 'language'
>;

export interface ApplicationRecord {
  application: Application;
  entries: ApplicationEntry[];
  documents: ApplicationDocument[];
}

/** Two days to decide, nights and weekends included: what the merchant is told is what a calendar says. */
export const DECIDE_WITHIN_MS = 48 * 3_600_000;
const MOST_DOCUMENTS = 10;

/** A move that the application's state does not allow; or another member of staff has claimed it. */
export class WrongMoveError extends Error {
  override name = 'WrongMoveError';
}

/** The one writer of applications, what was said about them, and their documents. */
@Injectable()
export class Applications {
  constructor(
    private readonly db: Database,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /**
   * Takes an application, in the caller's transaction.
   *
   * @param confirmed whether the contact's address is proven
   * @returns its id; 'open-already' when one of the tenant for the same number is not decided yet
   */
  async submit(
    tx: Tx,
    tenantId: string,
    form: ApplicationForm,
    confirmed: boolean,
  ): Promise<{ applicationId: string } | 'open-already'> {
    const now = this.clock.now();
    // A form that is sent twice at once is one application.
    await tx.query('SELECT pg_advisory_xact_lock(hashtextextended($1, 0))', [
      `application of ${tenantId} ${form.phone}`,
    ]);
    const open = await tx.getRepository(Application).findOneBy({ tenantId, phone: form.phone, state: In(OPEN_STATES) });
    if (open) return 'open-already';
    const applicationId = newId(now);
    await tx.getRepository(Application).insert({
      ...form,
      tenantId,
      applicationId,
      state: 'unconfirmed',
      findings: [],
      claimedBy: null,
      dueAt: null,
      pausedAt: null,
      reason: null,
      signupId: null,
      followUp: false,
      toldUpTo: null,
      createdAt: now,
      updatedAt: now,
    });
    await this.note(tx, tenantId, applicationId, 'merchant', 'submitted');
    if (confirmed) await this.confirm(tx, tenantId);
    return { applicationId };
  }

  /** The contact's address is proven: what waited for that is screened and joins the queue. */
  async confirm(tx: Tx, tenantId: string): Promise<void> {
    const waiting = await tx
      .getRepository(Application)
      .find({ where: { tenantId, state: 'unconfirmed' }, lock: { mode: 'pessimistic_write' } });
    for (const application of waiting) {
      application.findings = await this.screen(tx, application);
      await this.apply(tx, application, 'confirm', { who: 'system' });
    }
  }

  /**
   * Moves an application as its table of states allows, and writes down who said what.
   *
   * @param by the staff's address for their moves: only who has claimed it may decide; `to`: whom it is given by `reassign`
   * @returns the application after the move; undefined when there is none
   * @throws WrongMoveError
   */
  async move(
    tx: Tx,
    tenantId: string,
    applicationId: string,
    move: ApplicationMove,
    by: { who: 'merchant' | 'staff'; email?: string; said?: string; to?: string },
  ): Promise<Application | undefined> {
    const application = await tx
      .getRepository(Application)
      .findOne({ where: { tenantId, applicationId }, lock: { mode: 'pessimistic_write' } });
    if (!application) return undefined;
    const isOthers = application.claimedBy !== null && application.claimedBy !== by.email;
    if (by.who === 'staff' && move !== 'claim' && move !== 'reassign' && isOthers) {
      throw new WrongMoveError(`${application.claimedBy} has claimed this application.`);
    }
    if (move === 'claim') application.claimedBy = by.email ?? null;
    if (move === 'put-back') application.claimedBy = null;
    if (move === 'reassign') application.claimedBy = by.to ?? null;
    if (by.said !== undefined && move !== 'answer' && move !== 'reassign') application.reason = by.said;
    if (move === 'answer') application.reason = null;
    return this.apply(tx, application, move, by);
  }

  async addDocument(
    tx: Tx,
    application: Application,
    file: { kind: string; name: string; type: string; bytes: Buffer },
  ): Promise<string | 'too-many'> {
    const { tenantId, applicationId } = application;
    const documents = tx.getRepository(ApplicationDocument);
    // Whoever sends several at once has them counted one after the other.
    await tx
      .getRepository(Application)
      .findOne({ where: { tenantId, applicationId }, lock: { mode: 'pessimistic_write' } });
    if ((await documents.countBy({ tenantId, applicationId })) >= MOST_DOCUMENTS) return 'too-many';
    const now = this.clock.now();
    const documentId = newId(now);
    await documents.insert({ tenantId, documentId, applicationId, ...file, createdAt: now });
    await this.note(tx, tenantId, applicationId, 'merchant', 'document', file.name);
    return documentId;
  }

  /** @param tx of a tenant, or of staff, who read across tenants */
  async find(tx: Tx, applicationId: string): Promise<ApplicationRecord | undefined> {
    const application = await tx.getRepository(Application).findOneBy({ applicationId });
    if (!application) return undefined;
    const { tenantId } = application;
    const where = { tenantId, applicationId };
    return {
      application,
      entries: await tx.getRepository(ApplicationEntry).find({ where, order: { entryId: 'ASC' } }),
      documents: await tx.getRepository(ApplicationDocument).find({ where, order: { documentId: 'ASC' } }),
    };
  }

  async list(tx: Tx, tenantId: string): Promise<Application[]> {
    return tx.getRepository(Application).find({ where: { tenantId }, order: { applicationId: 'DESC' } });
  }

  /** The queue of the staff: what is due first stands first; of what is at its end, what came there last. @param tx of staff */
  async queue(tx: Tx, states: readonly Application['state'][], limit: number): Promise<Application[]> {
    const found = tx
      .getRepository(Application)
      .createQueryBuilder('a')
      .where('a.state IN (:...states)', { states })
      .limit(limit);
    const isAtEnd = states.every((state) => !OPEN_STATES.some((open) => open === state));
    return isAtEnd
      ? found.orderBy('a.updated_at', 'DESC').addOrderBy('a.application_id', 'DESC').getMany()
      : found.orderBy('a.due_at', 'ASC', 'NULLS LAST').addOrderBy('a.application_id', 'ASC').getMany();
  }

  async bytesOf(tx: Tx, applicationId: string, documentId: string): Promise<ApplicationDocument | null> {
    return tx
      .getRepository(ApplicationDocument)
      .createQueryBuilder('d')
      .addSelect('d.bytes')
      .where({ applicationId, documentId })
      .getOne();
  }

  /** Applications of which a move still has to be told and carried out. */
  async toFollow(): Promise<{ tenantId: string; applicationId: string }[]> {
    const rows = await this.db.query<{ tenant_id: string; application_id: string }>(
      'SELECT tenant_id, application_id FROM door_applications_to_follow()',
    );
    return rows.map((r) => ({ tenantId: r.tenant_id, applicationId: r.application_id }));
  }

  /**
   * Hands out each move that was not told yet, in order. Holds the row until the caller's transaction ends.
   *
   * @param carryOut returns the signup that was begun for an approval
   */
  async followed(
    tx: Tx,
    tenantId: string,
    applicationId: string,
    carryOut: (application: Application, move: ApplicationEntry) => Promise<string | undefined>,
  ): Promise<void> {
    const application = await tx
      .getRepository(Application)
      .findOne({ where: { tenantId, applicationId, followUp: true }, lock: { mode: 'pessimistic_write' } });
    if (!application) return;
    const all = await tx
      .getRepository(ApplicationEntry)
      .find({ where: { tenantId, applicationId }, order: { entryId: 'ASC' } });
    const untold = all.filter((e) => application.toldUpTo === null || e.entryId > application.toldUpTo);
    for (const entry of untold) application.signupId = (await carryOut(application, entry)) ?? application.signupId;
    await tx
      .getRepository(Application)
      .update(
        { tenantId, applicationId },
        { followUp: false, signupId: application.signupId, toldUpTo: untold.at(-1)?.entryId ?? application.toldUpTo },
      );
  }

  private async apply(
    tx: Tx,
    application: Application,
    move: ApplicationMove,
    by: { who: 'merchant' | 'staff' | 'system'; said?: string },
  ): Promise<Application> {
    const to = movedBy(application.state, move);
    if (!to) throw new WrongMoveError(`An application that is ${application.state} cannot be moved so (${move}).`);
    const now = this.clock.now();
    const { tenantId, applicationId, state: before } = application;
    Object.assign(application, clockAfter(application, move, now, DECIDE_WITHIN_MS), {
      state: to,
      followUp: true,
      updatedAt: now,
    });
    await tx.getRepository(Application).update({ tenantId, applicationId, state: before }, application);
    await this.note(tx, tenantId, applicationId, by.who, move, by.said);
    return application;
  }

  private async screen(tx: Tx, a: Application): Promise<Application['findings']> {
    const twins: { same: string | null }[] = await tx.query(
      'SELECT same FROM door_application_twins($1, $2, $3, $4, $5)',
      [
        a.applicationId,
        a.country,
        a.registrationNumber.replace(/[^0-9a-z]/gi, '').toUpperCase(),
        a.website ?? '',
        a.phone.replace(/\D/g, ''),
      ],
    );
    return screenApplication(
      [a.company, a.trade, a.useCases, a.website ?? '', a.displayName],
      twins.flatMap((t) => t.same ?? []),
    );
  }

  private async note(
    tx: Tx,
    tenantId: string,
    applicationId: string,
    who: ApplicationEntry['who'],
    what: string,
    said?: string,
  ): Promise<void> {
    const at = this.clock.now();
    await tx
      .getRepository(ApplicationEntry)
      .insert({ tenantId, entryId: newId(at), applicationId, at, who, what, said: said ?? null });
  }
}
