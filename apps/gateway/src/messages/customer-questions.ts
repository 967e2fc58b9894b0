import { Injectable } from '@nestjs/common';
import { type Asked, type Stop, Suppression } from '#libs/consent';
import { Inbound, type Pair } from '#libs/inbound';
import { Coalescer, Database } from '#libs/persistence';

type CustomerQuestion = { heard: Pair } | { stopped: Asked };

/**
 * What accepting asks of customers: when they last wrote, and what they do not want. Questions of the moment share a
 * statement, of both kinds and all tenants, for most messages ask both and statements are the dearest part of accepting
 * (docs/performance.md).
 */
@Injectable()
export class CustomerQuestions {
  private readonly asking = new Coalescer<CustomerQuestion, Date | Stop | undefined>((batch) => this.ask(batch));

  constructor(
    private readonly db: Database,
    private readonly inbound: Inbound,
    private readonly suppression: Suppression,
  ) {}

  /** When a customer last wrote to a number; undefined for never. */
  async lastHeard(heard: Pair): Promise<Date | undefined> {
    return (await this.asking.add({ heard })) as Date | undefined;
  }

  /** Why a customer may not be written to; undefined where they may. */
  async stop(stopped: Asked): Promise<Stop | undefined> {
    return (await this.asking.add({ stopped })) as Stop | undefined;
  }

  private async ask(batch: readonly CustomerQuestion[]): Promise<(Date | Stop | undefined)[]> {
    const pairs = batch.flatMap((q) => ('heard' in q ? [q.heard] : []));
    const asked = batch.flatMap((q) => ('stopped' in q ? [q.stopped] : []));
    const whyStopped = await this.suppression.whyStopped(asked);
    const [heard, stops] = await this.db.askTogether(this.inbound.whenHeard(pairs), whyStopped);
    let [nextHeard, nextStop] = [0, 0];
    return batch.map((q) => ('heard' in q ? heard[nextHeard++] : stops[nextStop++]));
  }
}
