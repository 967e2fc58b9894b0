import { Inject, Injectable } from '@nestjs/common';
import { CLOCK, type Clock } from '#libs/clock';
import { derivedId, timeOfId } from '#libs/ids';
import { Inbound } from '#libs/inbound';
import type { Tx } from '#libs/persistence';
import { TenantEvents } from '#libs/tenant-events';
import { Wabas } from '#libs/wabas';
import { ApplyAccount } from './apply-account.js';
import { ApplyMessages } from './apply-messages.js';
import { fieldOf, type MetaChange } from './changes-of.js';
import { Effects } from './effects.js';
import type { EventContext } from './event-context.js';
import { idText, parseExact, serialiseExact } from './exact-json.js';
import { fieldsOf, instantOf, isFields, listOf, textOf } from './fields.js';
import { INTAKE_POLICY, type IntakePolicy } from './intake-policy.js';
import type { WaitingEvent } from './meta-events.js';
import { envelopeOf } from './tenant-body.js';

/** Applies one stored change of Meta's in the caller's transaction. May be done any number of times. */
@Injectable()
export class ApplyEvent {
  constructor(
    private readonly messages: ApplyMessages,
    private readonly account: ApplyAccount,
    private readonly inbound: Inbound,
    private readonly events: TenantEvents,
    private readonly wabas: Wabas,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(INTAKE_POLICY) private readonly policy: IntakePolicy,
  ) {}

  /** @returns what is left to do after the commit */
  async apply(tx: Tx, tenantId: string, event: WaitingEvent): Promise<Effects> {
    const effects = new Effects();
    const change = parseExact(event.body) as MetaChange;
    const context: EventContext = {
      tenantId,
      change,
      ...(await this.whereAbout(tx, tenantId, change)),
      at: timeOf(change, event.eventId),
      patienceIsOver: this.isPatienceOver(event, this.clock.now()),
    };
    const { phoneNumberId, wabaId } = context;
    if (event.field === 'messages' && phoneNumberId && wabaId && hasParts(change.value)) {
      await this.messages.apply(tx, { ...context, phoneNumberId, wabaId }, effects);
      return effects;
    }
    if (event.field === 'calls' && phoneNumberId) await this.calls(tx, context, phoneNumberId);
    await this.account.apply(tx, context, effects);
    effects.tell(
      await this.events.publish(tx, tenantId, {
        eventId: derivedId(context.at, 'change', event.field, serialiseExact([change.id, change.value])),
        kind: fieldOf(change),
        wabaId,
        phoneNumberId,
        customer: textOf(listOf(fieldsOf(change.value).contacts)[0]?.wa_id),
        body: envelopeOf(change),
      }),
    );
    return effects;
  }

  /** Whether an event has waited long enough for what it speaks of. */
  isPatienceOver(event: Pick<WaitingEvent, 'eventId'>, now: Date): boolean {
    return now.getTime() - timeOfId(event.eventId).getTime() >= this.policy.patienceMs;
  }

  /** A call of a customer opens the service window as a message does (pricing page of 2026-03-02). */
  private async calls(tx: Tx, { tenantId, change, at }: EventContext, phoneNumberId: string): Promise<void> {
    for (const call of listOf(fieldsOf(change.value).calls)) {
      const customer = textOf(call.from);
      if (call.event !== 'connect' || call.direction !== 'USER_INITIATED' || !customer) continue;
      await this.inbound.heardFrom(tx, tenantId, phoneNumberId, customer, instantOf(call.timestamp) ?? at);
    }
  }

  private async whereAbout(
    tx: Tx,
    tenantId: string,
    change: MetaChange,
  ): Promise<Pick<EventContext, 'phoneNumberId' | 'wabaId'>> {
    const value = fieldsOf(change.value);
    const metaPhoneNumberId = idText(fieldsOf(value.metadata).phone_number_id);
    const number = metaPhoneNumberId && (await this.wabas.phoneNumber(tx, tenantId, { metaPhoneNumberId }));
    if (number) return { phoneNumberId: number.phoneNumberId, wabaId: number.wabaId };
    const metaWabaId = idText(fieldsOf(value.waba_info).waba_id) ?? idText(change.id);
    const waba = metaWabaId && (await this.wabas.waba(tx, tenantId, { metaWabaId }));
    return waba ? { wabaId: waba.wabaId } : {};
  }
}

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
