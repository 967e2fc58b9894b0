import { Injectable } from '@nestjs/common';
import { loadConfig } from '#libs/config';
import { Refusal } from '#libs/http';
import { MediaAtMeta } from '#libs/media-store';
import { GraphClient } from '#libs/meta-cloud';
import { type OnPremisesClient, OnPremisesError, passwordProblem } from '#libs/meta-on-premises';
import { ForbiddenAddressError } from '#libs/outgoing-calls';
import { Database, type Tx } from '#libs/persistence';
import { Wake } from '#libs/queues';
import type { Caller } from '#libs/tenants';
import { type PhoneNumber, Wabas } from '#libs/wabas';
import { ClientAddresses } from './client-addresses.js';
import { KeptClients } from './kept-clients.js';
import { LookAtClient, wordsOf } from './look-at-client.js';
import type { SetClientRequest } from './on-premises-client.request.js';
import { type ClientRecord, OnPremisesClients } from './on-premises-clients.js';

/** Puts a number on an On-Premises client, shows how that is, and takes it off again. */
@Injectable()
export class SetClient {
  private readonly publicUrl = loadConfig(['PUBLIC_URL']).PUBLIC_URL;

  constructor(
    private readonly db: Database,
    private readonly wabas: Wabas,
    private readonly records: OnPremisesClients,
    private readonly clients: KeptClients,
    private readonly addresses: ClientAddresses,
    private readonly looks: LookAtClient,
    private readonly atMeta: MediaAtMeta,
    private readonly graph: GraphClient,
    private readonly wake: Wake,
  ) {}

  /** @throws Refusal 404 for a number that is not the tenant's, or has no client */
  show(tenantId: string, metaPhoneNumberId: string): Promise<ClientRecord> {
    return this.db.inTenant(tenantId, async (tx) => {
      const { phoneNumberId } = await this.numberOf(tx, tenantId, metaPhoneNumberId);
      return this.found(tx, tenantId, phoneNumberId);
    });
  }

  /**
   * Sets or replaces the client of a number. Nothing is changed unless the client takes the login; from then on it carries
   * the number, whether or not it is connected to WhatsApp at the moment (messages wait in it, or with us).
   *
   * @throws Refusal 404, 400 for an address or password that will not do, 409 while the number is moving, 422 when the
   *   client refuses the login, 502 when it does not answer
   */
  async set({ tenantId }: Caller, metaPhoneNumberId: string, request: SetClientRequest): Promise<ClientRecord> {
    const { number, before } = await this.db.inTenant(tenantId, async (tx) => {
      const number = await this.numberOf(tx, tenantId, metaPhoneNumberId);
      return { number, before: await this.records.find(tx, tenantId, number.phoneNumberId) };
    });
    refuseMoving(before);
    const url = await this.judged(request.url);
    const access = { url, userName: request.user_name, caPem: request.ca_pem ?? null };
    const password = await this.logIn(access, request);
    const templateNamespace = request.template_namespace ?? (await this.namespaceOf(tenantId, number));
    const record = await this.db.inTenant(tenantId, async (tx) => {
      await this.atMeta.forgetAll(tx, tenantId, number.phoneNumberId);
      return this.records.save(tx, tenantId, number.phoneNumberId, {
        ...access,
        password,
        templateNamespace,
        checkContacts: request.check_contacts ?? false,
        callbackUrl: `${this.publicUrl}/on-premises/webhooks/${metaPhoneNumberId}`,
      });
    });
    if (!record) throw isMoving();
    await this.looks.look(record);
    void this.wake.lane('gateway.dispatch', { tenantId, phoneNumberId: number.phoneNumberId });
    return this.show(tenantId, metaPhoneNumberId);
  }

  /**
   * Takes the client off the number. A number that it carried is PENDING then: what waits, waits until the number is
   * registered or runs out. Its callbacks are refused from then on.
   *
   * @throws Refusal 404, 409 while the number is moving
   */
  async remove(tenantId: string, metaPhoneNumberId: string): Promise<void> {
    const record = await this.show(tenantId, metaPhoneNumberId);
    refuseMoving(record);
    const removed = await this.db.inTenant(tenantId, async (tx) => {
      const number = await this.numberOf(tx, tenantId, metaPhoneNumberId);
      const state = await this.records.remove(tx, tenantId, number.phoneNumberId);
      if (!state) throw isMoving();
      if (state === 'moved') return state;
      await this.atMeta.forgetAll(tx, tenantId, number.phoneNumberId);
      const { wabaId, displayPhoneNumber } = number;
      await this.wabas.savePhoneNumber(tx, tenantId, {
        wabaId,
        metaPhoneNumberId,
        displayPhoneNumber,
        status: 'PENDING',
      });
      return state;
    });
    // Afterwards: a look at the client that is under way finds that it is ours no more, and does not call it back.
    if (removed === 'active') await this.silence(record);
  }

  /** Best effort: a client that is gone for good must not stand in the way. */
  private async silence(record: ClientRecord): Promise<void> {
    try {
      await this.clients.of(record).changeApplicationSettings({ webhooks: { url: '' } });
    } catch {
      // It goes on posting to an address that answers 404.
    }
  }

  private async judged(url: string): Promise<string> {
    try {
      const { href } = await this.addresses.judge(url);
      // Many write the address as their old programs had it.
      return href.replace(/\/+$/, '').replace(/\/v1$/, '');
    } catch (error) {
      if (!(error instanceof ForbiddenAddressError)) throw error;
      const said = `${error.message} Your provider can allow the network of your client.`;
      throw Refusal.invalid(said, { url: [said] });
    }
  }

  /** @returns the password that is good from now on */
  private async logIn(
    access: { url: string; userName: string; caPem: string | null },
    { password, new_password: newPassword }: SetClientRequest,
  ): Promise<string> {
    const problem = newPassword === undefined ? undefined : passwordProblem(newPassword);
    if (problem) throw Refusal.invalid(`new_password ${problem}.`, { new_password: [problem] });
    try {
      await this.withClient({ ...access, password }, (client) => client.login(newPassword));
      return newPassword ?? password;
    } catch (error) {
      // The answer to an earlier call like this may have been lost on its way: then the new one is good already.
      const mayBeSet = newPassword !== undefined && error instanceof OnPremisesError && error.httpStatus === 401;
      if (!mayBeSet) throw loginRefusal(error);
      await this.withClient({ ...access, password: newPassword }, (client) => client.login()).catch(() => {
        throw loginRefusal(error);
      });
      return newPassword;
    }
  }

  private async withClient(
    access: { url: string; userName: string; password: string; caPem: string | null },
    work: (client: OnPremisesClient) => Promise<void>,
  ): Promise<void> {
    const client = this.clients.open(access);
    try {
      await work(client);
    } finally {
      await client.close();
    }
  }

  /** What Meta calls the account's `message_template_namespace`; null where we cannot ask: then the tenant must say it. */
  private async namespaceOf(tenantId: string, number: PhoneNumber): Promise<string | null> {
    const waba = await this.db.inTenant(tenantId, (tx) => this.wabas.waba(tx, tenantId, { wabaId: number.wabaId }));
    const token = waba && this.wabas.tokenOf(waba);
    if (!token) return null;
    const fields = 'message_template_namespace';
    const answer = await this.graph
      .call<{ message_template_namespace?: unknown }>({ path: `/${waba.metaWabaId}`, query: { fields }, token })
      .catch(() => undefined);
    const namespace = answer?.message_template_namespace;
    return typeof namespace === 'string' && namespace !== '' ? namespace : null;
  }

  private async numberOf(tx: Tx, tenantId: string, metaPhoneNumberId: string): Promise<PhoneNumber> {
    const number = await this.wabas.phoneNumber(tx, tenantId, { metaPhoneNumberId });
    if (!number) throw Refusal.notFound('phone number');
    return number;
  }

  private async found(tx: Tx, tenantId: string, phoneNumberId: string): Promise<ClientRecord> {
    const record = await this.records.find(tx, tenantId, phoneNumberId);
    if (!record) throw Refusal.notFound('On-Premises client');
    return record;
  }
}

const isMoving = (): Refusal =>
  Refusal.conflict('The number is moving to the Cloud API. Call move-to-cloud again to bring that to its end.');

function refuseMoving(record: ClientRecord | undefined): void {
  if (record?.state === 'moving') throw isMoving();
}

function loginRefusal(error: unknown): Refusal {
  const refused = error instanceof OnPremisesError;
  const more = { cause: error };
  return refused
    ? new Refusal(422, 'client_refused', `The client refused the login: ${wordsOf(error)}.`, more)
    : new Refusal(502, 'client_unreachable', `The client could not be reached: ${wordsOf(error)}.`, more);
}
