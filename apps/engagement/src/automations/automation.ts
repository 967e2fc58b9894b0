import type { QuietHours } from '../send-time.js';
import type { ShopEventKind } from '../shop-events/shop-event.js';

/** What is asked of an event's data. Amounts are compared as decimals, everything else as text. */
export interface Condition {
  /** A name in the event's data, with dots into objects: `total`, `address.city`. */
  field: string;
  is: 'equal' | 'not_equal' | 'one_of' | 'at_least' | 'at_most' | 'set' | 'not_set';
  value?: string | number | boolean | readonly (string | number | boolean)[] | undefined;
}

/** A template with what is written into it: texts with `{{field}}` or `{{field|what stands there without it}}`. */
export interface TemplateToSend {
  name: string;
  language: string;
  header?: { type: 'text' | 'image' | 'document' | 'location'; value?: string | undefined } | undefined;
  /** By position, or by name for templates with named parameters. */
  body?: readonly string[] | Readonly<Record<string, string>> | undefined;
  buttons?: readonly { index: number; type: 'url' | 'quick_reply'; value: string }[] | undefined;
}

/** What a step sends. `text` and `location` reach only who wrote within the last 24 hours; the gateway sees to that. */
export type ToSend = { template: TemplateToSend } | { text: string } | { location: true };

export interface Step {
  /** Minutes after the step before, or after the event. */
  afterMinutes: number;
  onlyIf: readonly Condition[];
  send: ToSend;
}

/** What follows from an event of a shop: data, of which each change is a new version. */
export interface Automation {
  trigger: ShopEventKind;
  conditions: readonly Condition[];
  steps: readonly Step[];
  /** Events after which nothing more is to be said. */
  goal: {
    kinds: readonly ShopEventKind[];
    /** Of the same cart or order, or any of the customer's: who left a cart and ordered has met it, whatever the order's number is. */
    scope: 'subject' | 'customer';
  };
  /** Whether it ends when the customer writes: then people or bots talk with them. */
  stopOnReply: boolean;
  /** Hours of the customer's own clocks in which nothing is said; what falls due in them is said when they end. */
  quietHours?: QuietHours | undefined;
  /** Minutes after which the same event about the same cart or order begins it anew; absent: never. */
  againAfterMinutes?: number | undefined;
}
