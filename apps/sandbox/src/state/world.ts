import { createHash, randomUUID } from 'node:crypto';
import type { SandboxConfig } from '../config.js';
import { shapeOf } from '../templates/template-shape.js';
import { CallLog } from './call-log.js';
import { SandboxClock } from './clock.js';
import { Faults } from './faults.js';
import { Fifo } from './fifo.js';
import { Ids } from './ids.js';
import { formatPhone, splitPhone } from './phone.js';
import type {
  Allocation,
  App,
  Catalogue,
  CreditLine,
  Json,
  Media,
  Message,
  Node,
  Pair,
  PhoneNumber,
  Portfolio,
  SignupCode,
  SystemUser,
  Template,
  Token,
  Waba,
} from './records.js';
import type { Settings } from './settings.js';

const MESSAGES_KEPT = 200_000;
const DAY = 86_400_000;

/** Everything the stand-in for Meta knows, in memory, readable without Nest. */
export class World {
  readonly ids = new Ids();
  readonly clock: SandboxClock;
  faults = new Faults();
  calls = new CallLog();
  settings: Settings;

  /** Every object that a Graph path can name. */
  readonly nodes = new Map<string, Node>();
  readonly tokens = new Map<string, Token>();
  readonly codes = new Map<string, SignupCode>();
  readonly phoneByDigits = new Map<string, PhoneNumber>();
  readonly messages = new Map<string, Message>();
  private readonly pairs = new Map<string, Pair>();
  private messageOrder = new Fifo<Message>();
  private readonly messagesByNumber = new Map<string, Fifo<Message>>();
  private readonly messagesByRecipient = new Map<string, Fifo<Message>>();
  private resetListeners: (() => void)[] = [];
  private nextMadeUpNumber = 0;

  app!: App;
  partner!: Portfolio;
  creditLine!: CreditLine;
  systemUser!: SystemUser;

  constructor(
    readonly config: SandboxConfig,
    onTimerError?: (error: unknown) => void,
  ) {
    this.clock = new SandboxClock(onTimerError);
    this.settings = this.initialSettings();
    this.seed();
  }

  onReset(listener: () => void): void {
    this.resetListeners.push(listener);
  }

  /** Back to the state after start: the default app, its portfolio, credit line and system user; real time. */
  reset(): void {
    this.clock.reset();
    this.faults = new Faults();
    this.calls = new CallLog();
    this.settings = this.initialSettings();
    for (const map of [
      this.nodes,
      this.tokens,
      this.codes,
      this.phoneByDigits,
      this.messages,
      this.pairs,
      this.messagesByNumber,
      this.messagesByRecipient,
    ])
      map.clear();
    this.messageOrder = new Fifo();
    this.seed();
    for (const listener of this.resetListeners) listener();
  }

  now(): number {
    return this.clock.now();
  }

  private initialSettings(): Settings {
    const { latencyMs, deliveredAfterMs, readAfterMs, templateReviewMs } = this.config;
    return {
      latency_ms: latencyMs,
      sent_after_ms: 30,
      delivered_after_ms: deliveredAfterMs,
      read_after_ms: readAfterMs,
      template_review_ms: templateReviewMs,
      enforce_throughput: true,
      enforce_pair_rate: true,
      enforce_tier: true,
      raise_limits: false,
      enforce_window: true,
      on_premises_registration: false,
    };
  }

  /** The same after each start, so that a partner's configuration can name these objects beforehand. */
  private seed(): void {
    const { appId, appSecret, verifyToken, webhookUrl, systemUserToken } = this.config;
    this.partner = this.addPortfolio({ id: '300000000000001', name: 'Sandbox Partner', messagingLimit: 'TIER_100K' });
    this.app = this.addApp({
      id: appId,
      secret: appSecret,
      name: 'Sandbox App',
      verifyToken,
      callbackUrl: webhookUrl,
    });
    this.creditLine = this.put({
      kind: 'credit_line',
      id: '930000000000001',
      businessId: this.partner.id,
      legalName: 'Sandbox Partner',
    });
    this.systemUser = this.put({
      kind: 'system_user',
      id: '920000000000001',
      name: 'Sandbox system user',
      businessId: this.partner.id,
    });
    this.tokens.set(systemUserToken, {
      value: systemUserToken,
      type: 'SYSTEM_USER',
      appId,
      userId: this.systemUser.id,
    });
  }

  private put<T extends Node>(node: T): T {
    this.nodes.set(node.id, node);
    return node;
  }

  /** The object with this id, if it is of this kind. */
  get<K extends Node['kind']>(kind: K, id: unknown): Extract<Node, { kind: K }> | undefined {
    const node = typeof id === 'string' || typeof id === 'number' ? this.nodes.get(String(id)) : undefined;
    return node?.kind === kind ? (node as Extract<Node, { kind: K }>) : undefined;
  }

  *all<K extends Node['kind']>(kind: K): Generator<Extract<Node, { kind: K }>> {
    for (const node of this.nodes.values()) if (node.kind === kind) yield node as Extract<Node, { kind: K }>;
  }

  addApp(given: Pick<App, 'id' | 'secret' | 'name' | 'verifyToken' | 'callbackUrl'>): App {
    return this.put({ kind: 'app', businessId: this.partner.id, ...given });
  }

  addPortfolio(given: Partial<Omit<Portfolio, 'kind'>> & { name: string }): Portfolio {
    return this.put({
      kind: 'business',
      id: this.ids.numeric('business'),
      country: 'US',
      verificationStatus: 'verified',
      // Where a portfolio starts since 2022 (meta/limits.md §1).
      messagingLimit: 'TIER_250',
      authInternational: false,
      reached: new Map(),
      wabaIds: new Set(),
      ...given,
    });
  }

  addWaba(given: { name: string; businessId: string } & Partial<Omit<Waba, 'kind'>>): Waba {
    const waba = this.put({
      kind: 'waba',
      id: this.ids.numeric('waba'),
      currency: 'USD',
      timezone: 'America/Los_Angeles',
      country: 'US',
      reviewStatus: 'APPROVED',
      namespace: randomUUID().replaceAll('-', '_'),
      subscriptions: new Map(),
      phoneNumberIds: new Set(),
      templateIds: new Set(),
      templateByName: new Map(),
      retiredNames: new Map(),
      creations: [],
      paymentMissing: false,
      assignedUsers: new Map(),
      ...given,
    });
    this.get('business', waba.businessId)?.wabaIds.add(waba.id);
    return waba;
  }

  /** `phone` in any written form with its country code; see phone.ts. */
  addPhoneNumber(
    given: { wabaId: string; phone: string; verifiedName: string } & Partial<Omit<PhoneNumber, 'kind'>>,
  ): PhoneNumber {
    const { phone, ...rest } = given;
    const { cc, digits } = splitPhone(phone);
    const number = this.put({
      kind: 'phone_number',
      id: this.ids.numeric('phone_number'),
      cc,
      digits,
      displayPhoneNumber: formatPhone(digits),
      nameStatus: 'AVAILABLE_WITHOUT_REVIEW',
      status: 'PENDING',
      qualityRating: 'GREEN',
      throughputLevel: 'STANDARD',
      codeVerificationStatus: 'NOT_VERIFIED',
      codesRequested: [],
      wrongPins: [],
      registrations: [],
      registered: false,
      onBusinessApp: false,
      onboardedAt: this.now(),
      syncsDone: new Set(),
      accountMode: 'LIVE',
      profile: {},
      settings: {},
      blocked: new Set(),
      qrCodes: new Map(),
      serviceDelivered: { month: '', count: 0 },
      recentSends: { times: new Float64Array(0), next: 0 },
      ...rest,
    });
    this.get('waba', number.wabaId)?.phoneNumberIds.add(number.id);
    if (!number.migratesFrom) this.phoneByDigits.set(number.digits, number);
    return number;
  }

  /** A number nobody has yet, in the 555 range. */
  unusedPhone(): string {
    for (;;) {
      const phone = `+1555${String(1_000_000 + ((Date.now() + this.nextMadeUpNumber++ * 7919) % 9_000_000))}`;
      if (!this.phoneByDigits.has(phone.slice(1))) return phone;
    }
  }

  addTemplate(
    given: Pick<Template, 'wabaId' | 'name' | 'language' | 'category' | 'parameterFormat' | 'components'> &
      Partial<Template>,
  ): Template {
    const template = this.put({
      kind: 'template',
      id: this.ids.numeric('template'),
      status: 'PENDING',
      quality: 'UNKNOWN',
      rejectedReason: 'NONE',
      shape: shapeOf(given.components, given.parameterFormat, given.category),
      pauses: 0,
      ...given,
    });
    const waba = this.get('waba', template.wabaId);
    waba?.templateIds.add(template.id);
    waba?.templateByName.set(templateKey(template.name, template.language), template.id);
    return template;
  }

  removeTemplate(template: Template): void {
    const waba = this.get('waba', template.wabaId)!;
    template.review?.();
    this.nodes.delete(template.id);
    waba.templateIds.delete(template.id);
    const key = templateKey(template.name, template.language);
    if (waba.templateByName.get(key) === template.id) waba.templateByName.delete(key);
    // The name of an approved template rests 30 days (meta/limits.md §5).
    if (template.status === 'APPROVED') waba.retiredNames.set(key, this.now() + 30 * DAY);
  }

  findTemplate(waba: Waba, name: string, language: string): Template | undefined {
    return this.get('template', waba.templateByName.get(templateKey(name, language)));
  }

  addMedia(given: Omit<Media, 'kind' | 'id' | 'sha256'>): Media {
    return this.put({
      kind: 'media',
      id: this.ids.numeric('media'),
      sha256: createHash('sha256').update(given.bytes).digest('hex'),
      ...given,
    });
  }

  addCatalogue(given: Pick<Catalogue, 'name' | 'businessId'>): Catalogue {
    const id = this.ids.numeric('catalogue');
    return this.put({ kind: 'catalogue', id, wabaIds: new Set(), products: new Map(), batches: new Map(), ...given });
  }

  addAllocation(given: Omit<Allocation, 'kind' | 'id'>): Allocation {
    return this.put({ kind: 'allocation', id: this.ids.numeric('allocation'), ...given });
  }

  addSystemUser(name: string): SystemUser {
    return this.put({ kind: 'system_user', id: this.ids.numeric('system_user'), name, businessId: this.partner.id });
  }

  addToken(given: Omit<Token, 'value' | 'userId'> & { value?: string; userId?: string }): Token {
    const token = { userId: this.systemUser.id, ...given, value: given.value ?? this.ids.token('EAAS') };
    this.tokens.set(token.value, token);
    return token;
  }

  removeNode(id: string): void {
    this.nodes.delete(id);
  }

  pair(phoneNumberId: string, customer: string): Pair {
    const key = `${phoneNumberId}:${customer}`;
    let pair = this.pairs.get(key);
    if (!pair) {
      pair = { windowUntil: 0, freeEntryOfferUntil: 0, freeEntryUntil: 0, pairArrival: 0, marketingStopped: false };
      this.pairs.set(key, pair);
    }
    return pair;
  }

  addMessage(message: Message): void {
    this.messages.set(message.id, message);
    this.messageOrder.push(message);
    push(this.messagesByNumber, message.phoneNumberId, message);
    push(this.messagesByRecipient, message.to, message);
    if (this.messageOrder.length <= MESSAGES_KEPT) return;
    const oldest = this.messageOrder.shift()!;
    this.messages.delete(oldest.id);
    shift(this.messagesByNumber, oldest.phoneNumberId);
    shift(this.messagesByRecipient, oldest.to);
  }

  findMessages(query: { phoneNumberId?: string; to?: string }): Message[] {
    const { phoneNumberId, to } = query;
    if (to) {
      const sent = this.messagesByRecipient.get(to)?.toArray() ?? [];
      return phoneNumberId ? sent.filter((message) => message.phoneNumberId === phoneNumberId) : sent;
    }
    if (phoneNumberId) return this.messagesByNumber.get(phoneNumberId)?.toArray() ?? [];
    return this.messageOrder.toArray();
  }
}

export const templateKey = (name: string, language: string) => `${name}\n${language}`;

function push(index: Map<string, Fifo<Message>>, key: string, message: Message): void {
  let same = index.get(key);
  if (!same) {
    same = new Fifo();
    index.set(key, same);
  }
  same.push(message);
}

function shift(index: Map<string, Fifo<Message>>, key: string): void {
  const same = index.get(key);
  same?.shift();
  if (same && !same.length) index.delete(key);
}

export type { Json };
