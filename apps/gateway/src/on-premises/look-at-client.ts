import { Injectable } from '@nestjs/common';
import { TransportUnreachable } from '#libs/message-transport';
import {
  type HealthNode,
  isConnected,
  type OnPremisesClient,
  OnPremisesError,
  OnPremisesUnreachableError,
} from '#libs/meta-on-premises';
import { Database } from '#libs/persistence';
import { Wabas } from '#libs/wabas';
import { KeptClients } from './kept-clients.js';
import { type ClientRecord, OnPremisesClients, type SeenHealth } from './on-premises-clients.js';

/** What a number may have been before its client was seen to carry it; what Meta forbade stays forbidden. */
const NOT_YET_CONNECTED = new Set(['PENDING', 'UNVERIFIED', 'MIGRATED']);
/** Meta may have taken our access back: only a tenant who has just set the client says that it is to be used again. */
const LOST = 'DISCONNECTED';

/** Looks at the client of a number: whether it is connected, and whether its callbacks come to us. */
@Injectable()
export class LookAtClient {
  constructor(
    private readonly db: Database,
    private readonly records: OnPremisesClients,
    private readonly clients: KeptClients,
    private readonly wabas: Wabas,
  ) {}

  /** Never throws for what the client does; what was seen is kept with its record. */
  async look(record: ClientRecord): Promise<SeenHealth> {
    const seen = await this.see(record);
    const { tenantId, phoneNumberId } = record;
    await this.db.inTenant(tenantId, async (tx) => {
      const isTrue = await this.records.noteHealth(tx, record, seen);
      if (!isTrue || seen.health !== 'connected') return;
      // Meta shows a number as CONNECTED whichever of its APIs carries it; nobody else tells us so of this one.
      const number = await this.wabas.phoneNumber(tx, tenantId, { phoneNumberId });
      const justSet = record.health === 'unknown';
      if (number && (NOT_YET_CONNECTED.has(number.status) || (number.status === LOST && justSet))) {
        const { wabaId, metaPhoneNumberId, displayPhoneNumber } = number;
        const now = { wabaId, metaPhoneNumberId, displayPhoneNumber, status: 'CONNECTED' };
        await this.wabas.savePhoneNumber(tx, tenantId, now);
      }
    });
    return seen;
  }

  private async see(record: ClientRecord): Promise<SeenHealth> {
    let nodes: HealthNode[];
    let client: OnPremisesClient;
    try {
      client = this.clients.of(record);
      nodes = await client.health();
    } catch (error) {
      return { health: healthOf(error), nodes: [], error: wordsOf(error) };
    }
    const problem = await this.callHere(client, record).then(
      () => undefined,
      (error) => `callbacks could not be directed here: ${wordsOf(error)}`,
    );
    if (isConnected(nodes)) return { health: 'connected', nodes, error: problem };
    const said = nodes.map((n) => `${n.name ? `${n.name} is ` : ''}${n.gatewayStatus}`).join(', ');
    return { health: 'disconnected', nodes, error: `the client says: ${said || 'nothing of its health'}` };
  }

  /** A client that was reset, or set up anew from a backup, forgets where its callbacks go: without them no status comes. */
  private async callHere(client: OnPremisesClient, record: ClientRecord): Promise<void> {
    const wanted = this.records.callbackAddressOf(record);
    const { webhooks } = await client.applicationSettings();
    if ((webhooks as { url?: unknown } | undefined)?.url === wanted) return;
    // Who took it away meanwhile has silenced it, and it is to stay silent.
    if (await this.isStill(record)) await client.setWebhook(wanted);
  }

  private async isStill({ tenantId, phoneNumberId, revision }: ClientRecord): Promise<boolean> {
    const now = await this.db.inTenant(tenantId, (tx) => this.records.find(tx, tenantId, phoneNumberId));
    return now?.revision === revision && now.state !== 'moved';
  }
}

const healthOf = (error: unknown): SeenHealth['health'] =>
  error instanceof OnPremisesError && (error.httpStatus === 401 || error.httpStatus === 403)
    ? 'refused'
    : 'unreachable';

/** What went wrong, for the tenant; nothing of ours but what the client or the network said. */
export function wordsOf(error: unknown): string {
  const expected =
    error instanceof OnPremisesError ||
    error instanceof OnPremisesUnreachableError ||
    error instanceof TransportUnreachable;
  return expected ? error.message : 'something unexpected happened';
}
