import { randomBytes } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { Refusal } from '#libs/http';
import { Leases } from '#libs/leases';
import { MediaAtMeta } from '#libs/media-store';
import { Database } from '#libs/persistence';
import { Wake } from '#libs/queues';
import type { Caller } from '#libs/tenants';
import { REMEMBER_MS } from '../channels/channels.js';
import { refuse } from '../graph-envelope/refuse.js';
import { AskMeta, type ReachableNumber } from '../numbers/ask-meta.js';
import { RegisterNumber } from '../numbers/register-number.js';
import { KeptClients } from './kept-clients.js';
import { wordsOf } from './look-at-client.js';
import { type ClientRecord, OnPremisesClients } from './on-premises-clients.js';

/** Longer than the calls of a dispatcher that stops may take (30 s each). */
const DISPATCHER_STOPS_WITHIN_MS = 45_000;
const ASK_AGAIN_MS = 100;

/**
 * Moves a number from its On-Premises client to the Cloud API with the client's own registration (`backup` of `/register`;
 * Meta, On-Premises settings, stored copies of 2026-05). The state `moving` is committed first, and everything else is done
 * under the number's dispatch lease: no message is on its way over either API while the number changes hands, so none is
 * lost or sent twice. It may be called again after any failure.
 */
@Injectable()
export class MoveToCloud {
  constructor(
    private readonly db: Database,
    private readonly records: OnPremisesClients,
    private readonly clients: KeptClients,
    private readonly meta: AskMeta,
    private readonly registration: RegisterNumber,
    private readonly leases: Leases,
    private readonly atMeta: MediaAtMeta,
    private readonly wake: Wake,
  ) {}

  /**
   * @param body of `/register`; without `pin` the one that we hold, without `backup` the client is asked for one
   * @throws Refusal 409 for a number that no client carries; 502 when the client gives no backup, and as Meta refused: the
   *   client carries the number on then. 503 when it is not known how it ended: the number is `moving`, to be called again
   */
  async move(caller: Caller, metaPhoneNumberId: string, body: object): Promise<void> {
    const record = await this.carrying(caller, metaPhoneNumberId);
    if (!record) throw Refusal.conflict('The number has no On-Premises client, or has moved already.');
    await this.moveFrom(record, caller, metaPhoneNumberId, body);
  }

  /** `/register` of the Cloud API: a move for a number that a client carries, and Meta's own call for any other. */
  async register(caller: Caller, metaPhoneNumberId: string, body: unknown): Promise<unknown> {
    const record = await this.carrying(caller, metaPhoneNumberId);
    if (!record) return this.registration.take(caller, metaPhoneNumberId, 'register', body);
    await this.moveFrom(record, caller, metaPhoneNumberId, typeof body === 'object' && body !== null ? body : {});
    return { success: true };
  }

  private async carrying(caller: Caller, metaPhoneNumberId: string): Promise<ClientRecord | undefined> {
    this.meta.requireActive(caller);
    const { number } = await this.meta.reach(caller, metaPhoneNumberId);
    const record = await this.db.inTenant(caller.tenantId, (tx) =>
      this.records.find(tx, caller.tenantId, number.phoneNumberId),
    );
    return record?.state === 'moved' ? undefined : record;
  }

  private async moveFrom(record: ClientRecord, caller: Caller, metaPhoneNumberId: string, body: object): Promise<void> {
    const { tenantId, phoneNumberId } = record;
    const reached = await this.meta.reach(caller, metaPhoneNumberId);
    const moving = await this.db.inTenant(tenantId, (tx) =>
      this.records.setState(tx, record, ['active', 'moving'], 'moving'),
    );
    if (!moving) throw Refusal.conflict('The number has moved already.');
    // From here on no process begins to send: not those that look now, and in a moment not those that still remember.
    const forgotten = performance.now() + REMEMBER_MS + 500;
    try {
      await this.whileNothingIsSent(moving, async () => {
        try {
          await this.handOver(moving, caller, reached, body);
        } finally {
          await wait(Math.max(0, forgotten - performance.now()));
        }
      });
    } finally {
      void this.wake.lane('gateway.dispatch', { tenantId, phoneNumberId });
    }
  }

  private async whileNothingIsSent(record: ClientRecord, work: () => Promise<void>): Promise<void> {
    const until = performance.now() + DISPATCHER_STOPS_WITHIN_MS;
    const lane = `dispatch:${record.phoneNumberId}`;
    while ((await this.leases.hold(record.tenantId, lane, work)) === 'held-by-another') {
      if (performance.now() > until) {
        throw refuse('temporarily_unavailable', 'Messages are still on their way out. Call again to go on.', 15);
      }
      await wait(ASK_AGAIN_MS);
    }
  }

  private async handOver(record: ClientRecord, caller: Caller, reached: ReachableNumber, body: object): Promise<void> {
    // An earlier call may have got so far without hearing of it.
    if ((await this.platformOf(reached)) !== 'CLOUD_API') {
      try {
        const backup = 'backup' in body ? {} : { backup: await this.backupOf(record) };
        await this.registration.take(caller, reached.number.metaPhoneNumberId, 'register', { ...body, ...backup });
      } catch (error) {
        const platform = await this.platformOf(reached);
        if (platform === undefined) throw error;
        if (platform !== 'CLOUD_API') {
          await this.db.inTenant(record.tenantId, (tx) => this.records.setState(tx, record, ['moving'], 'active'));
          throw error;
        }
      }
    }
    await this.db.inTenant(record.tenantId, async (tx) => {
      await this.records.setState(tx, record, ['moving'], 'moved');
      await this.atMeta.forgetAll(tx, record.tenantId, record.phoneNumberId);
    });
  }

  /** Which API carries the number, by Meta's word (phone number node, 2025-11); undefined where Meta does not answer. */
  private platformOf(reached: ReachableNumber): Promise<string | undefined> {
    return this.meta
      .call<{ platform_type?: string }>(reached, { method: 'GET', edge: '', query: { fields: 'platform_type' } })
      .then(
        (number) => number.platform_type ?? 'unknown',
        () => undefined,
      );
  }

  private async backupOf(record: ClientRecord): Promise<{ password: string; data: string }> {
    const password = `${randomBytes(18).toString('base64url')}aA1-`;
    try {
      return { password, data: await this.clients.of(record).backup(password) };
    } catch (error) {
      throw new Refusal(502, 'client_unreachable', `The client gave no backup: ${wordsOf(error)}.`, { cause: error });
    }
  }
}
