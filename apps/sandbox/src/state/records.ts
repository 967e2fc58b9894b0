import type { Pricing } from '../messages/pricing.js';
import type { TemplateShape } from '../templates/template-shape.js';
import type { Json } from './json.js';

export type { Json } from './json.js';

export interface App {
  kind: 'app';
  id: string;
  secret: string;
  name: string;
  verifyToken: string;
  callbackUrl?: string;
  /** Webhook fields the app takes; undefined: all. */
  fields?: Set<string>;
  /** The partner's own portfolio, which owns the app and its credit line. */
  businessId: string;
}

/** Moving 24 h of customers reached outside a window, in the order they were last reached. */
export type ReachedCustomers = Map<string, number>;

export interface Portfolio {
  kind: 'business';
  id: string;
  name: string;
  country: string;
  verificationStatus: string;
  /** `TIER_250` … `TIER_UNLIMITED` (meta/limits.md §1). */
  messagingLimit: string;
  /** Whether Meta bills its foreign authentication messages at the international rate (pricing/rules.md §4.4). */
  authInternational: boolean;
  reached: ReachedCustomers;
  wabaIds: Set<string>;
}

export interface Subscription {
  appId: string;
  overrideUrl?: string;
}

export interface Waba {
  kind: 'waba';
  id: string;
  name: string;
  businessId: string;
  currency: string;
  /** IANA name; months of free allowances and dates of price rules begin at its midnight. */
  timezone: string;
  country: string;
  reviewStatus: string;
  namespace: string;
  subscriptions: Map<string, Subscription>;
  phoneNumberIds: Set<string>;
  templateIds: Set<string>;
  /** name + '\n' + language → template id. */
  templateByName: Map<string, string>;
  /** Names of deleted templates → instant from which they may be used again. */
  retiredNames: Map<string, number>;
  /** Instants of creations of the last hour. */
  creations: number[];
  fundingId?: string;
  paymentMissing: boolean;
  assignedUsers: Map<string, string[]>;
}

export interface PhoneNumber {
  kind: 'phone_number';
  id: string;
  wabaId: string;
  /** Country calling code and whole number, digits only. */
  cc: string;
  digits: string;
  displayPhoneNumber: string;
  verifiedName: string;
  nameStatus: string;
  newDisplayName?: string;
  newNameStatus?: string;
  status: string;
  qualityRating: string;
  throughputLevel: 'STANDARD' | 'HIGH' | 'NOT_APPLICABLE';
  codeVerificationStatus: string;
  code?: { value: string; expiresAt: number; wrong: number };
  codesRequested: number[];
  pin?: string;
  wrongPins: number[];
  registrations: number[];
  registered: boolean;
  /** A coexistence number, also used in the WhatsApp Business app. */
  onBusinessApp: boolean;
  onboardedAt: number;
  syncsDone: Set<string>;
  accountMode: string;
  overrideUrl?: string;
  profile: Json;
  settings: Json;
  blocked: Set<string>;
  qrCodes: Map<string, Json>;
  /** Service messages delivered in a month of the WABA's time zone (pricing/rules.md §4.2). */
  serviceDelivered: { month: string; count: number };
  /** Instants of the last accepted sends, a ring as long as the allowed messages per second. */
  recentSends: { times: Float64Array; next: number };
  /** The On-Premises client that carries it; the Cloud API then does not. */
  onPremises?: string;
  /** A number being moved here from another WABA. */
  migratesFrom?: string;
}

export interface Template {
  kind: 'template';
  id: string;
  wabaId: string;
  name: string;
  language: string;
  category: string;
  previousCategory?: string;
  correctCategory?: string;
  status: string;
  quality: string;
  rejectedReason: string;
  parameterFormat: 'POSITIONAL' | 'NAMED';
  components: Json[];
  ttlSeconds?: number;
  shape: TemplateShape;
  pauses: number;
  /** Instants of edits while it was approved. */
  edits?: number[];
  statusBeforeArchive?: string;
  /** Calls off the review under way. */
  review?: () => void;
}

export type MessageStatus = 'accepted' | 'sent' | 'delivered' | 'read' | 'failed';

export interface Message {
  id: string;
  phoneNumberId: string;
  /** Digits of the recipient, a business-scoped user id, or a group id. */
  to: string;
  group: boolean;
  userId?: string;
  type: string;
  callbackData?: string;
  body: Json;
  acceptedAt: number;
  status: MessageStatus;
  statuses: { status: MessageStatus; at: number; code?: number }[];
  /** Template category in lower case; undefined for free-form. */
  category?: string;
  /** Sent by the Marketing Messages API. */
  optimized: boolean;
  /** State of the windows when it was accepted. */
  inServiceWindow: boolean;
  inFreeEntry: boolean;
  onPremises: boolean;
  /** What its delivery was priced as; undefined while it is not delivered. */
  pricing?: Pricing;
}

/** What one business number and one customer have with each other. */
export interface Pair {
  /** End of the customer-service window, epoch ms. */
  windowUntil: number;
  /** Until when an answer to a click-to-WhatsApp message still opens a free entry window. */
  freeEntryOfferUntil: number;
  freeEntryUntil: number;
  freeEntryId?: string;
  /** Theoretical arrival time of the pair-rate bucket, epoch ms. */
  pairArrival: number;
  marketingStopped: boolean;
}

export interface Media {
  kind: 'media';
  id: string;
  phoneNumberId: string;
  mimeType: string;
  sha256: string;
  bytes: Buffer;
  filename?: string;
  expiresAt: number;
}

/** A commerce catalogue. */
export interface Catalogue {
  kind: 'catalogue';
  id: string;
  name: string;
  businessId: string;
  /** Accounts whose numbers sell from it. */
  wabaIds: Set<string>;
  /** By retailer id, in Meta's words. */
  products: Map<string, Json>;
  /** Handle → instant at which the batch is finished. */
  batches: Map<string, number>;
}

export interface CreditLine {
  kind: 'credit_line';
  id: string;
  businessId: string;
  legalName: string;
}

export interface Allocation {
  kind: 'allocation';
  id: string;
  creditLineId: string;
  wabaId: string;
  businessId: string;
  currency: string;
}

export interface SystemUser {
  kind: 'system_user';
  id: string;
  name: string;
  businessId: string;
}

export type Node =
  | App
  | Portfolio
  | Waba
  | PhoneNumber
  | Template
  | Media
  | Catalogue
  | CreditLine
  | Allocation
  | SystemUser;
export type NodeKind = Node['kind'];

export interface Token {
  value: string;
  type: 'USER' | 'SYSTEM_USER' | 'APP';
  appId: string;
  userId: string;
  /** WABAs it may touch; undefined: every object. */
  wabaIds?: Set<string>;
  /** Epoch ms; undefined: never. */
  expiresAt?: number;
}

/** A code of Embedded Signup waiting to be exchanged for a business token. */
export interface SignupCode {
  value: string;
  appId: string;
  wabaId: string;
  expiresAt: number;
  used: boolean;
}
