import type { Filter } from '../segments/filter.js';
import type { QuietHours } from '../send-time.js';
import type { CampaignState } from './campaign-state.js';
import type { FailureStop } from './funnel.js';
import type { Standing } from './reason-to-pause.js';

/** One of the templates that parts of the audience get. */
export interface Variant {
  name: string;
  /** Ours. */
  templateId: string;
  template: string;
  language: string;
  /** Of the template when the campaign was launched (before: when it was drafted); another one pauses the campaign. */
  category: string;
  /** Cloud API components; texts may hold `{{attribute|fallback}}`. */
  components: unknown[];
  /** Share of the audience, against the others'. */
  weight: number;
}

/** When it begins: at once, at an instant, or at a local time on each recipient's own clocks. */
export type Schedule = { at?: string } | { local: string };

export interface CampaignPlan {
  variants: Variant[];
  /** Ours; each recipient belongs to one of them. */
  phoneNumberIds: string[];
  schedule: Schedule;
  quietHours?: QuietHours | undefined;
  /** Messages a minute, of all numbers together; as fast as the numbers go if absent. */
  perMinute?: number | undefined;
  stopWhenFailing: FailureStop;
  /** Whether links in it lead over our host, where clicks on them are counted. */
  trackClicks?: boolean | undefined;
  /** How often a message that failed for a reason that passes is sent anew, a day later. */
  retries: number;
}

/** Who gets it: the contacts of a segment, all contacts, or the recipients that are listed one by one. */
export type Audience =
  | { kind: 'list' }
  | { kind: 'contacts' }
  /** The filter is that of the segment when the campaign was launched. */
  | { kind: 'segment'; segmentId: string; filter?: Filter };

export interface Campaign {
  tenantId: string;
  campaignId: string;
  wabaId: string;
  name: string;
  state: CampaignState;
  plan: CampaignPlan;
  audience: Audience;
  frozenAfter: string | null;
  standing: Standing | null;
  cause: string | null;
  detail: string | null;
  madeBy: string | null;
  createdAt: Date;
  updatedAt: Date;
  launchedAt: Date | null;
  finishedAt: Date | null;
}

export const STOP_WHEN_FAILING: FailureStop = { percent: 30, atLeast: 100 };
