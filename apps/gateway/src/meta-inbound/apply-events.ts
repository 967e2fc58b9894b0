import { Inject, Injectable } from '@nestjs/common';
import { CLOCK, type Clock } from '#libs/clock';
import { derivedId, timeOfId } from '#libs/ids';
import { Inbound } from '#libs/inbound';
import { storableJson, type Tx } from '#libs/persistence';
import type { Lanes } from '#libs/queues';
import { TenantEvents } from '#libs/tenant-events';
import { Wabas } from '#libs/wabas';
import { isClientRoute } from '../on-premises/client-route.js';
import { ApplyAccount } from './apply-account.js';
import { ApplyConsent } from './apply-consent.js';
import { ApplyMessages } from './apply-messages.js';
import { fieldOf, type MetaChange } from './changes-of.js';
import { Effects } from './effects.js';
import type { EventContext, NumberContext } from './event-context.js';
import { idText, parseExact, serialiseExact } from './exact-json.js';
import { fieldsOf, instantOf, isFields, listOf, nameOf } from './fields.js';
import { INTAKE_POLICY, type IntakePolicy } from './intake-policy.js';
import type { WaitingEvent } from './meta-events.js';
import { envelopeOf } from './tenant-body.js';

/** Applies stored changes of Meta's in the caller's transaction, all or none. May be done any number of times. */
@Injectable()
export class ApplyEvents {
  constructor(
    private readonly messages: ApplyMessages,
    private readonly account: ApplyAccount,
    private readonly consent: ApplyConsent,
    private readonly inbound: Inbound,
    private readonly events: TenantEvents,
    private readonly wabas: Wabas,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(INTAKE_POLICY) private readonly policy: IntakePolicy,
  ) {}

  /**
   * @param events in the order in which they came; in that order they are applied and told
   * @returns what came of each, and the endpoints that have new posts
   */
  async apply(
    tx: Tx,
    { tenantId, route }: Lanes['gateway.intake'],
    events: readonly WaitingEvent[],
  ): Promise<{ effects: Effects[]; endpointIds: string[] }> {
    const whereabouts = new Map<string, Promise<Whereabouts>>();
    const contexts: EventContext[] = [];
    const ofNumbers: NumberContext[] = [];
    for (const event of events) {
      const body = storableJson(event.body);
      const change = parseExact(body) as MetaChange;
      const context: EventContext = {
        tenantId,
        change,
        ofClient: isClientRoute(route),
        ...(await this.whereAbout(tx, tenantId, change, whereabouts)),
        at: timeOf(change, event.eventId),
        cameAt: timeOfId(event.eventId),
        patienceIsOver: this.isPatienceOver(event, this.clock.now()),
        effects: new Effects(),
      };
      if (body !== event.body) context.effects.note = 'U+FFFD stands for characters that are none';
      contexts.push(context);
      if (event.field === 'messages' && isOfNumber(context) && hasParts(change.value)) ofNumbers.push(context);
      else await this.other(tx, context, event.field);
    }
    await this.messages.apply(tx, tenantId, ofNumbers);
    await this.consent.apply(tx, tenantId, ofNumbers);
    const effects = contexts.map((context) => context.effects);
    const endpointIds = await this.events.publish(
      tx,
      tenantId,
      effects.flatMap((e) => e.told),
    );
    return { effects, endpointIds };
  }

  /** Every other field: what changes something here does, and the tenant is told it as it came. */
  private async other(tx: Tx, context: EventContext, field: string): Promise<void> {
    const { change, at, phoneNumberId, wabaId, effects } = context;
    if (field === 'calls' && phoneNumberId) await this.calls(tx, context, phoneNumberId);
    if (field === 'user_preferences') await this.consent.preferences(tx, context);
    await this.account.apply(tx, context, effects);
    effects.told.push({
      eventId: derivedId(at, 'change', field, serialiseExact([change.id, change.value])),
      kind: fieldOf(change),
      wabaId,
      phoneNumberId,
      customer: nameOf(listOf(fieldsOf(change.value).contacts)[0]?.wa_id),
      body: envelopeOf(change),
    });
  }

  /** Whether an event has waited long enough for what it speaks of. */
  isPatienceOver(event: Pick<WaitingEvent, 'eventId'>, now: Date): boolean {
    return now.getTime() - timeOfId(event.eventId).getTime() >= this.policy.patienceMs;
  }

  /** A call of a customer opens the service window as a message does (pricing page of 2026-03-02). */
  private async calls(tx: Tx, { tenantId, change, at }: EventContext, phoneNumberId: string): Promise<void> {
    const heard = listOf(fieldsOf(change.value).calls).flatMap((call) => {
      const customer = nameOf(call.from);
      if (call.event !== 'connect' || call.direction !== 'USER_INITIATED' || !customer) return [];
      return [{ phoneNumberId, customer, at: instantOf(call.timestamp) ?? at }];
    });
    await this.inbound.heardFrom(tx, tenantId, heard);
  }

  /** Our ids of what a change is about; asked once for each number and WABA of a batch. */
  private async whereAbout(
    tx: Tx,
    tenantId: string,
    change: MetaChange,
    known: Map<string, Promise<Whereabouts>>,
  ): Promise<Whereabouts> {
    const value = fieldsOf(change.value);
    const once = (key: string, ask: () => Promise<Whereabouts>): Promise<Whereabouts> => {
      const asked = known.get(key) ?? ask();
      known.set(key, asked);
      return asked;
    };
    const metaPhoneNumberId = idText(fieldsOf(value.metadata).phone_number_id);
    const number =
      metaPhoneNumberId === undefined
        ? {}
        : await once(`number ${metaPhoneNumberId}`, async () => {
            const found = await this.wabas.phoneNumber(tx, tenantId, { metaPhoneNumberId });
            return found ? { phoneNumberId: found.phoneNumberId, wabaId: found.wabaId } : {};
          });
    if (number.wabaId) return number;
    const metaWabaId = idText(fieldsOf(value.waba_info).waba_id) ?? idText(change.id);
    if (!metaWabaId) return {};
    return once(`waba ${metaWabaId}`, async () => {
      const found = await this.wabas.waba(tx, tenantId, { metaWabaId });
      return found ? { wabaId: found.wabaId } : {};
    });
  }
}

type Whereabouts = Pick<EventContext, 'phoneNumberId' | 'wabaId'>;

const isOfNumber = (context: EventContext): context is NumberContext =>
  context.phoneNumberId !== undefined && context.wabaId !== undefined;

const hasParts = (value: unknown): boolean =>
  isFields(value) && [value.statuses, value.messages, value.errors].some((part) => listOf(part).length > 0);

function timeOf(change: MetaChange, eventId: string): Date {
  const told = instantOf(change.time) ?? timeInside(change.value);
  if (told) return told;
  const came = timeOfId(eventId);
  return new Date(Date.UTC(came.getUTCFullYear(), came.getUTCMonth(), came.getUTCDate()));
}

/** The first `timestamp` of the lists in a value: calls, groups, preferences and the like say when they happened there. */
function timeInside(value: unknown): Date | undefined {
  for (const part of Object.values(fieldsOf(value))) {
    for (const item of listOf(part)) {
      const at = instantOf(item.timestamp);
      if (at) return at;
    }
  }
  return undefined;
}
