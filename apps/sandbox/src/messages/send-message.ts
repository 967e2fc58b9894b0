import { GraphError } from '../graph/graph-error.js';
import { recipientDigits } from '../state/phone.js';
import type { Json, Message, Pair, PhoneNumber, Template, Waba } from '../state/records.js';
import type { World } from '../state/world.js';
import { refuseParameters } from '../templates/template-parameters.js';
import { takePairSlot } from './pair-rate.js';
import { inFreeEntry, inServiceWindow } from './service-window.js';
import type { Statuses } from './statuses.js';
import { allowedPerSecond, takeSecondSlot } from './throughput.js';
import { mayReach, reach } from './tier.js';
import { refuseMessage } from './validate-message.js';

export interface Accepted {
  message: Message;
  /** Answer of the Cloud API. */
  answer: Json;
}

const RECEIPT = { success: true };
const DAY = 86_400_000;

/** `POST /{phone-number-id}/messages` and `/marketing_messages`: Meta's checks, the message taken in, its statuses under way. */
export class MessageSender {
  constructor(
    private readonly world: World,
    private readonly statuses: Statuses,
  ) {}

  /** Answers the Cloud API. @throws GraphError with Meta's code for every refusal. */
  send(number: PhoneNumber, body: unknown, path: string): Json {
    const refusal = refuseMessage(body);
    if (refusal) throw new GraphError(refusal.code, refusal.details);
    const content = body as Json;
    if (content.status === 'read') {
      this.requireLive(number);
      return RECEIPT;
    }
    const message = this.accept(number, content, path, this.world.ids.wamid());
    const to = content.to === undefined ? undefined : String(content.to);
    return {
      messaging_product: 'whatsapp',
      contacts: [
        message.userId !== undefined
          ? { input: message.userId, user_id: message.userId }
          : { input: to, ...(!message.group && { wa_id: message.to }) },
      ],
      messages: [{ id: message.id, ...(message.category && { message_status: 'accepted' }) }],
    };
  }

  /** All checks that depend on state, then the message is in. `id` is the id it gets. */
  accept(number: PhoneNumber, content: Json, path: string, id: string, onPremises = false): Message {
    const { world } = this;
    const now = world.now();
    this.requireLive(number, onPremises);
    const waba = world.get('waba', number.wabaId)!;
    const group = content.recipient_type === 'group';
    const userId = content.to === undefined ? (content.recipient as string) : undefined;
    const to = userId ?? (group ? String(content.to) : recipientDigits(String(content.to), number.cc));
    if (to === number.digits) throw new GraphError(131021, 'Sender and recipient are the same number.');
    const type = (content.type as string | undefined) ?? 'text';
    const template = type === 'template' ? this.sendableTemplate(waba, content.template as Json) : undefined;
    const optimized = path.endsWith('/marketing_messages');
    if (optimized && template?.category !== 'MARKETING')
      throw new GraphError(134100, 'Only templates of category MARKETING are sent here.');
    if (userId !== undefined && template?.category === 'AUTHENTICATION')
      throw new GraphError(131062, 'Authentication templates need a phone number.');
    // An On-Premises client keeps its own media and has looked for them.
    if (!onPremises) this.requireMedia(content[type] as Json | undefined);
    if (type === 'reaction') this.requireRecentTarget(content.reaction as Json, now);

    const pair = world.pair(number.id, to);
    const windowOpen = inServiceWindow(pair, now);
    const freeEntry = inFreeEntry(pair, now);
    this.takeSlots(number, waba, pair, to, { now, group, outsideWindow: template !== undefined && !windowOpen });

    const message: Message = {
      id,
      phoneNumberId: number.id,
      to,
      group,
      ...(userId !== undefined && { userId }),
      type,
      callbackData: content.biz_opaque_callback_data as string | undefined,
      body: content,
      acceptedAt: now,
      status: 'accepted',
      statuses: [],
      category: template?.category.toLowerCase(),
      optimized,
      inServiceWindow: windowOpen,
      inFreeEntry: freeEntry,
      onPremises,
    };
    world.addMessage(message);
    this.statuses.begin(message, number, this.fate(message, number, waba, pair, path));
    return message;
  }

  private requireLive(number: PhoneNumber, onPremises = false): void {
    if (number.status === 'BANNED') throw new GraphError(131031, 'The phone number is banned.');
    if (number.status === 'DELETED') throw new GraphError(33, 'The phone number has been deleted.');
    const elsewhere = number.onPremises !== undefined && !onPremises;
    if (!number.registered || elsewhere || number.status === 'DISCONNECTED' || number.status === 'MIGRATED')
      throw new GraphError(133010, 'The phone number is not registered; call /register first.', {
        message: '(#133010) Account not registered',
      });
  }

  /** @throws GraphError 132001 absent or not approved, 132015 paused, 132016 disabled, or what its parameters lack. */
  private sendableTemplate(waba: Waba, reference: Json): Template {
    const name = reference.name as string;
    const language = (reference.language as Json).code as string;
    const template = this.world.findTemplate(waba, name, language);
    if (template?.status === 'PAUSED') throw new GraphError(132015, `Template ${name} is paused for low quality.`);
    if (template?.status === 'DISABLED') throw new GraphError(132016, `Template ${name} is disabled.`);
    if (template?.status !== 'APPROVED') {
      throw new GraphError(132001, `template name (${name}) does not exist in ${language}`, {
        message: '(#132001) Template name does not exist in the translation',
      });
    }
    const refusal = refuseParameters(template.shape, (reference.components ?? []) as Json[]);
    if (refusal) {
      throw new GraphError(refusal.code, refusal.details, {
        ...(refusal.code === 132000 && {
          message: '(#132000) Number of parameters does not match the expected number of params',
        }),
      });
    }
    return template;
  }

  private requireMedia(content: Json | undefined): void {
    const id = content?.id;
    if (typeof id !== 'string' && typeof id !== 'number') return;
    const media = this.world.get('media', id);
    if (!media || media.expiresAt <= this.world.now())
      throw new GraphError(131009, `Media with id ${id} does not exist or has expired; upload it again.`);
  }

  /** Only messages of the last 30 days can be reacted to; one that the sandbox never saw is let through. */
  private requireRecentTarget(reaction: Json, now: number): void {
    const target = this.world.messages.get(reaction.message_id as string);
    if (target && (target.type === 'reaction' || target.acceptedAt < now - 30 * DAY))
      throw new GraphError(131009, 'The message is older than 30 days or is itself a reaction.');
  }

  private takeSlots(
    number: PhoneNumber,
    waba: Waba,
    pair: Pair,
    to: string,
    { now, group, outsideWindow }: { now: number; group: boolean; outsideWindow: boolean },
  ): void {
    const { settings } = this.world;
    const portfolio = this.world.get('business', waba.businessId);
    const counts = outsideWindow && !group && portfolio !== undefined;
    if (counts && number.status === 'RESTRICTED')
      throw new GraphError(131048, 'The number is restricted: only replies inside an open window can be sent.');
    // Meta's pages name no code for an exhausted tier; 131048 is what senders report (meta/limits.md §1).
    if (counts && settings.enforce_tier && !mayReach(portfolio.reached, portfolio.messagingLimit, to, now))
      throw new GraphError(131048, `The portfolio has reached its limit of customers (${portfolio.messagingLimit}).`);
    const pairSlot = settings.enforce_pair_rate && !group ? takePairSlot(pair.pairArrival, now) : pair.pairArrival;
    if (pairSlot === undefined)
      throw new GraphError(131056, 'Too many messages to this recipient in a short time; wait and try again.');
    if (settings.enforce_throughput && !takeSecondSlot(number, now))
      throw new GraphError(130429, `More than ${allowedPerSecond(number)} messages a second from this number.`);
    pair.pairArrival = pairSlot;
    if (counts) reach(portfolio.reached, to, now);
  }

  /** What becomes of an accepted message: undefined when it goes its way, else a failed status or silence. */
  private fate(
    message: Message,
    number: PhoneNumber,
    waba: Waba,
    pair: Pair,
    path: string,
  ): 'undelivered' | number | undefined {
    const fault = this.world.faults.strikeMessage(path, message.to);
    if (fault) return fault.mode === 'undelivered' ? 'undelivered' : (fault.code ?? 131026);
    // Free-form outside the window is accepted and fails later (meta/messages.md §1).
    if (!message.category && !message.group && !message.inServiceWindow && this.world.settings.enforce_window)
      return 131047;
    if (waba.paymentMissing && (message.category || !message.inServiceWindow)) return 131042;
    if (message.category === 'marketing' && pair.marketingStopped) return 131050;
    if (number.blocked.has(message.to)) return 131026;
    return undefined;
  }
}
