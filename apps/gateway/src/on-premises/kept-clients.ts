import { isIP, type LookupFunction } from 'node:net';
import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import type { Logger } from 'pino';
import { CLOCK, type Clock } from '#libs/clock';
import { TransportUnreachable } from '#libs/message-transport';
import { CheckedContacts, OnPremisesClient, OnPremisesTransport } from '#libs/meta-on-premises';
import { LOGGER } from '#libs/observability';
import { hostOf } from '#libs/outgoing-calls';
import { ClientAddresses } from './client-addresses.js';
import { type ClientRecord, OnPremisesClients } from './on-premises-clients.js';

/** A client that nobody needed for so long is let go: its number was moved, or another process sends. */
const IDLE_MS = 15 * 60_000;
const SWEEP_MS = 60_000;

/** What is spoken with while it is being set: no record has it yet. */
export interface ClientAccess {
  url: string;
  userName: string;
  password: string;
  caPem: string | null;
}

interface Kept {
  revision: string;
  client: OnPremisesClient;
  contacts: CheckedContacts;
  usedAt: number;
}

/**
 * One connection with its token for each number that this process speaks for, kept while it is of use. A record that was
 * changed has another revision and gets another one; calls under way over the old one come to their end.
 */
@Injectable()
export class KeptClients implements OnApplicationShutdown {
  private readonly kept = new Map<string, Kept>();
  private readonly finishing = new Set<Promise<void>>();
  private readonly sweeping = setInterval(() => this.sweep(), SWEEP_MS).unref();

  constructor(
    private readonly records: OnPremisesClients,
    private readonly addresses: ClientAddresses,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /** @throws TransportUnreachable with `sent` false when its address may not be called (any more) */
  of(record: ClientRecord): OnPremisesClient {
    return this.keep(record).client;
  }

  /** The way of the number's messages. @throws as `of` */
  transportOf(record: ClientRecord): OnPremisesTransport {
    const { client, contacts } = this.keep(record);
    return new OnPremisesTransport(client, {
      ...(record.templateNamespace === null ? {} : { templateNamespace: record.templateNamespace }),
      ...(record.checkContacts ? { contacts } : {}),
    });
  }

  /** A client that is not kept: whoever asks for it closes it. @throws as `of` */
  open({ url, userName, password, caPem }: ClientAccess): OnPremisesClient {
    const host = hostOf(new URL(url));
    // A socket asks `lookup` for names only.
    if (isIP(host) && !this.addresses.mayReach(host)) {
      throw new TransportUnreachable(false, 'The address of the On-Premises client is private or reserved.');
    }
    return new OnPremisesClient({
      url,
      user: userName,
      password,
      clock: this.clock,
      lookup: this.addresses.lookup as LookupFunction,
      ...(caPem === null ? {} : { ca: caPem }),
    });
  }

  async onApplicationShutdown(): Promise<void> {
    clearInterval(this.sweeping);
    for (const [phoneNumberId] of this.kept) this.letGo(phoneNumberId);
    await Promise.all(this.finishing);
  }

  private keep(record: ClientRecord): Kept {
    const now = performance.now();
    const held = this.kept.get(record.phoneNumberId);
    if (held?.revision === record.revision) {
      held.usedAt = now;
      return held;
    }
    const client = this.open({ ...record, password: this.records.passwordOf(record) });
    const kept = {
      revision: record.revision,
      client,
      contacts: new CheckedContacts(client, this.clock),
      usedAt: now,
    };
    this.letGo(record.phoneNumberId);
    this.kept.set(record.phoneNumberId, kept);
    return kept;
  }

  private sweep(): void {
    const before = performance.now() - IDLE_MS;
    for (const [phoneNumberId, { usedAt }] of this.kept) if (usedAt < before) this.letGo(phoneNumberId);
  }

  private letGo(phoneNumberId: string): void {
    const held = this.kept.get(phoneNumberId);
    if (!held) return;
    this.kept.delete(phoneNumberId);
    const finished = held.client
      .finish()
      .catch((error) =>
        this.logger.warn({ err: error, phoneNumberId }, 'an On-Premises client was not let go properly'),
      )
      .finally(() => this.finishing.delete(finished));
    this.finishing.add(finished);
  }
}
