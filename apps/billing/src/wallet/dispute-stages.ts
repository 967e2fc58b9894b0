/**
 * How far it is that a payer's bank asks a payment back. `inquiry`: it only asks about it; `dropped`: it asks no more. `taken`:
 * the payment provider has taken the money back from us.
 */
export const DISPUTE_STAGES = {
  inquiry: { taken: false, over: false },
  open: { taken: true, over: false },
  won: { taken: false, over: true },
  lost: { taken: true, over: true },
  dropped: { taken: false, over: true },
} as const;
export type DisputeStage = keyof typeof DISPUTE_STAGES;

export interface ToldOfDispute {
  readonly stage: DisputeStage;
  /** When the payment provider said so. */
  readonly toldAt: Date;
}

/** Whether what is told now comes after what is known. Of one second the last word is the one with which it is over. */
export function isNews(known: ToldOfDispute, told: ToldOfDispute): boolean {
  const later = told.toldAt.getTime() - known.toldAt.getTime();
  return later > 0 || (later === 0 && DISPUTE_STAGES[told.stage].over && !DISPUTE_STAGES[known.stage].over);
}
