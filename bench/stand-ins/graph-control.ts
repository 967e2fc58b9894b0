import { call } from '../../tools/stack/api.js';

/** How the stand-in for Graph behaves. New settings also begin its counts anew. */
export interface GraphSettings {
  /** How long an answer takes. */
  latencyMs: number;
  /** Whether to note when each call arrived. */
  track?: boolean;
  /** Where to tell the statuses of each message, and how to sign them. */
  statuses?: {
    url: string;
    path: string;
    appSecret: string;
    /** Meta's WABA id of each number. */
    wabaOf: Readonly<Record<string, string>>;
    headers?: Readonly<Record<string, string>>;
  };
}

/** A call as it arrived: sending number (Meta's id), recipient, ms since 1970 with fractions. */
export interface Arrival {
  number: string;
  to: string;
  at: number;
}

/** Speaks to the stand-in from the process of the suite. */
export class GraphControl {
  constructor(readonly url: string) {}

  async set(settings: GraphSettings): Promise<void> {
    await call('POST', `${this.url}/_settings`, { body: settings });
  }

  counts(): Promise<{ calls: number; statusesTold: number }> {
    return call('GET', `${this.url}/_counts`);
  }

  /** @param numbers Meta's ids of the sending numbers */
  arrivals(numbers: readonly { metaPhoneNumberId: string }[]): Promise<Arrival[]> {
    const query = numbers.map((n) => `number=${n.metaPhoneNumberId}`).join('&');
    return call('GET', `${this.url}/_arrivals?${query}`);
  }
}
