import { Inject, Injectable } from '@nestjs/common';
import { CLOCK, type Clock } from '#libs/clock';
import { type Once, stillUnderWay } from '#libs/idempotency';
import { KeyInUseError, type NewMessage, NotCoveredError, Outbox } from '#libs/outbox';
import { Wake } from '#libs/queues';
import type { ServiceWindow } from '#libs/service-window';
import type { Caller } from '#libs/tenants';
import { isRegistered } from '#libs/wabas';
import { Holds } from '#libs/wallet';
import { type Channel, Channels, clientOf, hasAccess } from '../channels/channels.js';
import { refuseHeld } from '../channels/refused-number.js';
import { isProviders, type Restrictable, stoppedBy } from '../channels/restrictions.js';
import { refuse, unknownObject } from '../graph-envelope/refuse.js';
import { requireForGroups } from './for-groups.js';
import { NamedObjects } from './named-objects.js';
import type { MessageRequest } from './read-message.js';
import { recipientDigits } from './recipient.js';
import { RequireConsent } from './require-consent.js';
import { Room } from './room.js';
import { MOST_AHEAD_DAYS, MOST_AHEAD_MS } from './send-at.js';
import { SendableTemplates } from './sendable-templates.js';
import { ServiceWindows } from './service-windows.js';
import { timeToLiveOf } from './time-to-live.js';

export type Outbound = MessageRequest & { kind: 'message' };

/** What the caller is answered: Meta's form, with our id in Meta's. */
export interface SentMessage {
  messaging_product: 'whatsapp';
  contacts: [{ input: string; wa_id?: string; user_id?: string }];
  messages: [{ id: string; group_id?: string; message_status?: 'accepted' }];
}

/** A message that may go, as far as anything but room under the messaging limit is concerned. */
export interface Decided {
  message: NewMessage;
  answer: (ref: string) => SentMessage;
  channel: Channel;
  /** Whether it needs room under the messaging limit now. */
  counts: boolean;
}

// Meta's categories decide who waits: what a customer waits for goes before what a business wants to say.
const LANES = { authentication: 0, utility: 1, marketing: 2 } as const;
const JUST_PASSED_MS = 60_000;

/** Reads, decides, commits: a message that is answered with 200 is stored and will be sent or be seen not to be. */
@Injectable()
export class SendMessage {
  constructor(
    private readonly channels: Channels,
    private readonly templates: SendableTemplates,
    private readonly named: NamedObjects,
    private readonly windows: ServiceWindows,
    private readonly consent: RequireConsent,
    private readonly room: Room,
    private readonly holds: Holds,
    private readonly outbox: Outbox,
    private readonly wake: Wake,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /**
   * @param metaPhoneNumberId Meta's id of the sending number, from the path
   * @param once              the caller's Idempotency-Key: kept with the message in one statement
   * @throws Refusal of the catalogue; nothing is stored then
   */
  async send(caller: Caller, metaPhoneNumberId: string, request: Outbound, once?: Once): Promise<SentMessage> {
    const earlier = await once?.answered();
    if (earlier) return earlier.body as SentMessage;
    const { message, answer, channel, counts } = await this.decide(caller, metaPhoneNumberId, request);
    if (counts) {
      const [noRoom] = await this.room.refusals(channel, [message.recipient], this.clock.now());
      if (noRoom) throw noRoom;
    }
    const keep = once?.toKeep();
    try {
      const { ref } = await this.outbox.accept(message, keep && { ...keep, answer: (ref) => keep.seal(answer(ref)) });
      this.wakeFor([message]);
      return answer(ref);
    } catch (error) {
      if (error instanceof NotCoveredError) throw notCovered(message);
      if (!(error instanceof KeyInUseError)) throw error;
      const first = await once?.answered();
      if (first) return first.body as SentMessage;
      throw stillUnderWay();
    }
  }

  /** Wakes the number of messages that were accepted. The sweeper finds what is scheduled; what is due soon wakes at its time. */
  wakeFor(messages: readonly NewMessage[]): void {
    const [first] = messages;
    if (!first) return;
    const { tenantId, phoneNumberId } = first;
    const due = messages.map((m) => m.notBefore?.getTime() ?? 0);
    if (due.includes(0)) void this.wake.lane('gateway.dispatch', { tenantId, phoneNumberId });
    const inMs = Math.min(...due.filter((at) => at > 0)) - this.clock.now().getTime();
    // A timer of a day or more would say nothing that the sweeper does not.
    if (inMs < 60_000) void this.wake.laneLater('gateway.dispatch', { tenantId, phoneNumberId }, inMs);
  }

  /** Whether a message may go, all but the room under the messaging limit. @throws Refusal of the catalogue */
  async decide(caller: Caller, metaPhoneNumberId: string, request: Outbound): Promise<Decided> {
    const { tenantId } = caller;
    const channel = await this.liveChannel(caller, metaPhoneNumberId);
    const { number } = channel;
    const recipient = recipientOf(request.to, number.displayPhoneNumber);
    if (recipient === number.displayPhoneNumber.replace(/\D/g, '')) {
      throw refuse('recipient_is_sender', 'to: is the number that sends. Send to the number of a customer.');
    }
    const template = request.template && (await this.templates.of(channel, request.template));
    if (template && 'group' in request.to) requireForGroups(template);
    if (request.path === 'marketing_messages') requireMarketing(channel, template?.category);
    if (template?.category === 'authentication' && 'userId' in request.to) {
      throw refuse('recipient_needs_number', 'recipient: one-time codes go to phone numbers only. Give it in `to`.');
    }
    // Both ask the database; most messages wait for one question no longer than for the other.
    const [window] = await Promise.all([
      this.windows.of(tenantId, number.phoneNumberId, recipient),
      this.consent.require(tenantId, recipient, template?.category),
    ]);
    await this.named.require(tenantId, request);
    const now = this.clock.now();
    const sendAt = this.laterThan(now, request.sendAt);
    // What is known now of the moment of sending; the dispatcher looks again then.
    const inWindow = window.open && (!sendAt || (window.endsAt ?? now) > sendAt);
    if (!template && !inWindow) throw windowClosed(recipient, window, sendAt);
    requireUnrestricted(channel, { category: template?.category, inWindow }, sendAt ?? now);
    const hold = await this.holds.amountFor(tenantId, channel.waba.wabaId, {
      phoneNumberId: number.phoneNumberId,
      recipient,
      type: request.type,
      category: template?.category,
      day: now.toISOString().slice(0, 10),
    });
    const message: NewMessage = {
      tenantId,
      phoneNumberId: number.phoneNumberId,
      recipient,
      type: request.type,
      ...(template ? { category: template.category, templateId: template.templateId } : {}),
      payload: payloadOf(request, recipient),
      ...(request.clientData === undefined ? {} : { clientData: request.clientData }),
      lane: template ? LANES[template.category] : 0,
      inWindow,
      ...(sendAt ? { notBefore: sendAt } : {}),
      ...(hold === undefined ? {} : { hold }),
      expiresAt: template ? new Date((sendAt ?? now).getTime() + timeToLiveOf(template)) : (window.endsAt ?? now),
    };
    const answer = (ref: string): SentMessage => ({
      messaging_product: 'whatsapp',
      contacts: [contactOf(request.to, recipient)],
      messages: [
        {
          id: ref,
          ...('group' in request.to ? { group_id: request.to.group } : {}),
          ...(template ? { message_status: 'accepted' as const } : {}),
        },
      ],
    });
    // Today's room says nothing of another day: a scheduled message takes its place when it is sent.
    return { message, answer, channel, counts: !inWindow && !sendAt };
  }

  /** @returns undefined for what is to be sent now; a time that has just passed is now */
  private laterThan(now: Date, sendAt: Date | undefined): Date | undefined {
    if (!sendAt) return undefined;
    const ahead = sendAt.getTime() - now.getTime();
    if (ahead > MOST_AHEAD_MS) {
      throw refuse('invalid_value', `send_at: must be at most ${MOST_AHEAD_DAYS} days ahead, and is later.`);
    }
    if (ahead < -JUST_PASSED_MS) {
      throw refuse('invalid_value', 'send_at: has passed. Leave it out to send now.');
    }
    return ahead > 0 ? sendAt : undefined;
  }

  /** @throws Refusal when the number is not the caller's, or cannot send at the moment */
  async liveChannel(caller: Caller, metaPhoneNumberId: string): Promise<Channel> {
    if (caller.tenantStatus !== 'active') {
      throw refuse('tenant_suspended', 'Your provider has suspended this account. Ask its support what to do.');
    }
    const channel = await this.channels.byMetaId(caller.tenantId, metaPhoneNumberId);
    if (!channel) throw unknownObject(metaPhoneNumberId);
    const { number } = channel;
    if (number.accessLostAt) {
      throw refuse(
        'number_disconnected',
        'Meta took back our access to this number: it was removed, or left us. Connect it again in the onboarding app.',
      );
    }
    if (number.status === 'BANNED') {
      throw refuse(
        'number_restricted',
        `Meta has set this number to ${number.status}. See WhatsApp Manager; appeal there.`,
      );
    }
    if (!isRegistered(number.status)) {
      throw refuse(
        'number_not_registered',
        `This number is ${number.status} at Meta, not CONNECTED. Register it in the onboarding app before sending.`,
      );
    }
    if (channel.refused) throw refuseHeld(channel.refused);
    if (!hasAccess(channel)) {
      throw refuse(
        'number_disconnected',
        'We have no access to this number at Meta. Connect it in the onboarding app.',
      );
    }
    return channel;
  }
}

function recipientOf(to: Outbound['to'], businessNumber: string): string {
  if ('userId' in to) return to.userId;
  return 'group' in to ? to.group : recipientDigits(to.number, businessNumber);
}

function contactOf(to: Outbound['to'], recipient: string): SentMessage['contacts'][0] {
  if ('userId' in to) return { input: to.userId, user_id: to.userId };
  return 'group' in to ? { input: to.group } : { input: to.number, wa_id: recipient };
}

/** @throws Refusal of what Meta's Marketing Messages API does not take */
function requireMarketing(channel: Channel, category: string | undefined): void {
  if (category !== 'marketing') {
    throw refuse(
      'template_not_marketing',
      `template: is of category ${category}; marketing_messages sends marketing templates only. Post it to /messages.`,
    );
  }
  if (clientOf(channel)) {
    throw refuse(
      'marketing_templates_only',
      'This number is on an On-Premises client, which has no marketing_messages. Post to /messages.',
    );
  }
}

/**
 * The body for Meta: every field as it came, the number in full, no callback data, for ours takes its place, no `send_at`. One
 * for `/marketing_messages` says its policy in any case: it is what such a body is known by.
 */
function payloadOf(request: Outbound, recipient: string): string {
  const {
    biz_opaque_callback_data: _,
    send_at: __,
    product_policy: policy,
    message_activity_sharing: sharing,
    ...rest
  } = request.body;
  return JSON.stringify({
    ...rest,
    recipient_type: rest.recipient_type ?? 'individual',
    ...('number' in request.to ? { to: `+${recipient}` } : {}),
    type: request.type,
    ...(request.path === 'marketing_messages' && {
      product_policy: policy || 'CLOUD_API_FALLBACK',
      ...(typeof sharing === 'boolean' && { message_activity_sharing: sharing }),
    }),
  });
}

export function notCovered({ category, hold }: NewMessage) {
  return refuse(
    'balance_exhausted',
    `The wallet does not cover this message, for which ${hold} would be held. Top it up in the billing app` +
      (category === 'marketing' || category === 'utility'
        ? `, or lower what ${category} messages leave for replies and one-time codes.`
        : '.'),
  );
}

function requireUnrestricted({ restrictions }: Channel, message: Restrictable, at: Date): void {
  const restriction = stoppedBy(restrictions, message, at);
  if (!restriction) return;
  if (isProviders(restriction)) {
    throw refuse(
      'tenant_suspended',
      'Your provider has switched off marketing messages of this account. Others still go out. Ask its support what to do.',
    );
  }
  const until = restriction.until ? `until ${restriction.until.toISOString()}` : 'until Meta lifts it';
  throw refuse(
    'number_restricted',
    `Meta restricts this account (${restriction.type}) ${until}, so this message cannot be sent. See WhatsApp Manager.`,
  );
}

function windowClosed(customer: string, window: ServiceWindow, sendAt: Date | undefined) {
  if (window.open && window.endsAt && sendAt) {
    return refuse(
      'window_closed',
      `The customer service window of ${customer} ends at ${window.endsAt.toISOString()}, before send_at. Schedule a template message, or send earlier.`,
    );
  }
  return refuse(
    'window_closed',
    window.endsAt
      ? `The customer service window of ${customer} ended at ${window.endsAt.toISOString()}, 24 hours after their last message. Send a template message.`
      : `${customer} has not written to this number, so no customer service window is open. Send a template message.`,
  );
}
