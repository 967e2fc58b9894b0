/** The life of a campaign. */
export type CampaignState = 'draft' | 'freezing' | 'running' | 'paused' | 'finished' | 'cancelled';

const MOVES: Readonly<Record<CampaignState, readonly CampaignState[]>> = {
  draft: ['freezing', 'cancelled'],
  freezing: ['running', 'draft', 'cancelled'], // an audience of nobody is given back as a draft
  running: ['paused', 'finished', 'cancelled'],
  paused: ['running', 'cancelled'],
  finished: ['running', 'cancelled'], // all is handed over; what failed later is tried again, what still waits can be taken back
  cancelled: [],
};

export const CAMPAIGN_STATES = Object.keys(MOVES) as readonly CampaignState[];
export const canMove = (from: CampaignState, to: CampaignState): boolean => MOVES[from].includes(to);
export const nextStates = (from: CampaignState): readonly CampaignState[] => MOVES[from];

/** Why a campaign pauses: by hand, or by itself before more harm is done. */
export type PauseCause =
  | 'by_hand'
  | 'balance' // the wallet does not cover the next message
  | 'template_state' // the template is gone, paused or disabled
  | 'category_change' // Meta moved the template to another category, and with it its price
  | 'quality' // the number's or the template's quality is low
  | 'number' // the number cannot send
  | 'failure_rate'; // too many messages fail
