import type { MessageSender } from '../messages/send-message.js';
import type { Statuses } from '../messages/statuses.js';
import type { PhoneNumber } from '../state/records.js';
import type { World } from '../state/world.js';
import type { Outbox } from '../webhooks/outbox.js';
import { OnPremisesClient } from './on-premises-client.js';

/** The client that answers at `/v1`; others answer at `/on-premises/{name}/v1`. */
export const DEFAULT_CLIENT = 'default';

/** All On-Premises clients that somebody has spoken to, each as its business would run it. */
export class OnPremisesFleet {
  private readonly clients = new Map<string, OnPremisesClient>();

  constructor(
    private readonly world: World,
    private readonly sender: MessageSender,
    statuses: Statuses,
    private readonly outbox: Outbox,
  ) {
    statuses.onPremises = (number, status) => this.clientOf(number)?.report(status);
    world.onReset(() => this.clients.clear());
  }

  /** A fresh one where there was none. */
  client(name: string): OnPremisesClient {
    let client = this.clients.get(name);
    if (!client) {
      const serve = name === DEFAULT_CLIENT ? 'any number' : 'its own number';
      client = new OnPremisesClient(name, serve, this.world, this.sender, this.outbox);
      this.clients.set(name, client);
    }
    return client;
  }

  all(): OnPremisesClient[] {
    return [...this.clients.values()];
  }

  /** The client that carries this number, alone or, for the one at `/v1`, beside the Cloud API. */
  clientOf(number: PhoneNumber): OnPremisesClient | undefined {
    if (number.onPremises !== undefined) return this.clients.get(number.onPremises);
    const client = this.clients.get(DEFAULT_CLIENT);
    return client?.number() === number ? client : undefined;
  }
}
