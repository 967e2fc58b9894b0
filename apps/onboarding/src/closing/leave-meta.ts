import { Inject, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import type { Logger } from 'pino';
import { CLOCK, type Clock } from '#libs/clock';
import { Closings, type LeavingStep } from '#libs/closing';
import { Refusal } from '#libs/http';
import { GraphClient } from '#libs/meta-cloud';
import { LOGGER } from '#libs/observability';
import { Database } from '#libs/persistence';
import { Periodic } from '#libs/queues';
import { Tenants } from '#libs/tenants';
import { type Waba, Wabas } from '#libs/wabas';
import { NumberCommands } from '../numbers/number-commands.js';
import type { KnownNumber } from '../numbers/number-store.js';
import { Numbers } from '../numbers/numbers.js';
import { refuseAsMeta } from '../numbers/refuse-as-meta.js';

const EVERY_MS = 5_000;
/** Meta counts ten registrations in 72 hours, and may be away; longer than this nobody's data wait for it. */
const TRIES = 6;
const FIRST_WAIT_MS = 60_000;

/** Whether Meta may answer otherwise another time. */
function mayPass(error: unknown): boolean {
  const { status } = error instanceof Refusal ? error : refuseAsMeta(error);
  return status === 429 || status >= 500;
}

const wordsOf = (error: unknown): string => (error instanceof Error ? error.message : String(error)).slice(0, 500);

/**
 * Takes the accounts of a tenant whose grace is over off at Meta: its numbers are deregistered, our app no longer hears of
 * its accounts, and tokens and PINs are forgotten. What Meta says is written down; what it refuses does not hold up the rest.
 */
@Injectable()
export class LeaveMeta implements OnApplicationBootstrap {
  constructor(
    private readonly db: Database,
    private readonly closings: Closings,
    private readonly tenants: Tenants,
    private readonly wabas: Wabas,
    private readonly numbers: Numbers,
    private readonly commands: NumberCommands,
    private readonly graph: GraphClient,
    private readonly periodic: Periodic,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  onApplicationBootstrap(): void {
    this.periodic.every('tenants that leave', EVERY_MS, async () => {
      for (const { tenantId, closingId } of await this.closings.toLeave()) {
        await this.pass(tenantId, closingId).catch((error) => {
          this.logger.error({ err: error, tenantId, closingId }, 'a tenant could not be taken off at Meta');
        });
      }
    });
  }

  /** One try of everything that is not done yet. */
  async pass(tenantId: string, closingId: string): Promise<void> {
    const closing = await this.db.inTenant(tenantId, async (tx) => {
      const taken = await this.closings.takeUp(tx, tenantId, closingId);
      if (taken?.state === 'leaving') await this.tenants.close(tx, tenantId);
      return taken;
    });
    if (closing?.state !== 'leaving') return;

    const steps = [...closing.steps];
    const last = closing.attempts + 1 >= TRIES;
    let again = false;
    for (const one of await this.left(tenantId, steps)) {
      const step = await this.take(one, last);
      if (step) steps.push(step);
      else again = true;
    }
    if (!again) await this.forgetTokens(tenantId);
    const next = again ? new Date(this.clock.now().getTime() + FIRST_WAIT_MS * 2 ** closing.attempts) : 'erasing';
    await this.db.inTenant(tenantId, (tx) => this.closings.left(tx, closing, steps, next));
  }

  /** Numbers before their accounts, because the account's token is what both take. */
  private async left(tenantId: string, steps: readonly LeavingStep[]): Promise<ToDo[]> {
    const done = new Set(steps.map((step) => `${step.did} ${step.of}`));
    const numbers = await this.numbers.list(tenantId);
    const accounts = await this.db.inTenant(tenantId, (tx) => this.wabas.wabas(tx, tenantId));
    const all: ToDo[] = [
      ...numbers.map((known): ToDo => ({ did: 'deregister', of: known.number.metaPhoneNumberId, known })),
      ...accounts.map((waba): ToDo => ({ did: 'unsubscribe', of: waba.metaWabaId, waba })),
    ];
    return all.filter(({ did, of }) => !done.has(`${did} ${of}`));
  }

  /** @returns what became of it; undefined when it is to be tried again */
  private async take(one: ToDo, last: boolean): Promise<LeavingStep | undefined> {
    const step = (outcome: LeavingStep['outcome'], said?: string): LeavingStep => ({
      did: one.did,
      of: one.of,
      outcome,
      ...(said === undefined ? {} : { said }),
      at: this.clock.now().toISOString(),
    });
    try {
      if (one.did === 'deregister') {
        if (one.known.care.state !== 'live') return step('not_needed', `The number is ${one.known.care.state}.`);
        await this.commands.deregister(one.known.number.tenantId, one.of);
      } else {
        const token = this.wabas.tokenOf(one.waba);
        if (!token) return step('not_needed', 'Meta does not let us act for this account.');
        await this.graph.call({ method: 'DELETE', path: `/${one.of}/subscribed_apps`, token });
      }
      return step('done');
    } catch (error) {
      if (!mayPass(error)) return step('refused', wordsOf(error));
      return last ? step('given_up', wordsOf(error)) : undefined;
    }
  }

  private async forgetTokens(tenantId: string): Promise<void> {
    await this.db.inTenant(tenantId, async (tx) => {
      for (const number of await this.wabas.phoneNumbers(tx, tenantId)) await this.wabas.release(tx, tenantId, number);
      for (const { wabaId } of await this.wabas.wabas(tx, tenantId)) await this.wabas.disconnect(tx, tenantId, wabaId);
    });
  }
}

type ToDo = { of: string } & ({ did: 'deregister'; known: KnownNumber } | { did: 'unsubscribe'; waba: Waba });
