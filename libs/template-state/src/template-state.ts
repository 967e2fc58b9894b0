/** A template's state: Meta's statuses in small letters, and `draft` for what was not submitted yet. */
export type TemplateState =
  | 'draft'
  | 'pending' // in review, at most 24 h
  | 'approved'
  | 'flagged' // approved, with a warning that it will be disabled unless its quality rises
  | 'rejected'
  | 'in_appeal'
  | 'paused' // low quality or pacing; ends by itself or by the unpause call
  | 'disabled'
  | 'limit_exceeded' // the WABA already has as many templates as it may
  | 'archived' // idle for 12 months; deleted 28 days later unless taken back
  | 'pending_deletion' // deleted while messages are under way, at most 30 days
  | 'deleted';

/** `us`: a call of ours brings it about. `meta`: Meta decides, or someone in WhatsApp Manager. */
export type Mover = 'us' | 'meta';

export interface Move {
  readonly to: TemplateState;
  readonly by: Mover;
  readonly why: string;
}

const us = (to: TemplateState, why: string): Move => ({ to, by: 'us', why });
const meta = (to: TemplateState, why: string): Move => ({ to, by: 'meta', why });

const deletion: readonly Move[] = [us('pending_deletion', 'deleted by call'), meta('deleted', 'nothing was under way')];
const archival = meta('archived', 'idle for 12 months');

/**
 * Meta, template pages of 2025-11 and template archival of 2026-04-17. Only the moves marked `us` are ours to make; the
 * others say which reports are expected, so that a surprise can be told from daily life.
 */
const MOVES: Readonly<Record<TemplateState, readonly Move[]>> = {
  draft: [
    us('pending', 'submitted'),
    us('deleted', 'discarded'),
    meta('approved', 'approved at once'),
    meta('rejected', 'refused at once, mostly for its category'),
    meta('limit_exceeded', 'the WABA is at its cap'),
  ],
  pending: [
    meta('approved', 'review passed'),
    meta('rejected', 'review failed'),
    meta('limit_exceeded', 'the WABA is at its cap'),
    meta('disabled', 'policy'),
    archival,
    ...deletion,
  ],
  approved: [
    us('pending', 'edited, in review again'),
    meta('rejected', 'the edit failed its review'),
    meta('flagged', 'quality is low'),
    meta('paused', 'quality is low, or pacing'),
    meta('disabled', 'low quality for the third time, or policy'),
    archival,
    ...deletion,
  ],
  flagged: [
    us('pending', 'edited, in review again'),
    meta('approved', 'reinstated'),
    meta('paused', 'quality is low'),
    meta('disabled', 'quality stayed low'),
    archival,
    ...deletion,
  ],
  rejected: [
    us('pending', 'edited and submitted again'),
    meta('in_appeal', 'appealed in WhatsApp Manager'),
    meta('approved', 'Meta changed its mind'),
    archival,
    ...deletion,
  ],
  in_appeal: [
    meta('approved', 'appeal granted'),
    meta('rejected', 'appeal refused'),
    meta('disabled', 'appeal refused'),
    archival,
    ...deletion,
  ],
  paused: [
    us('pending', 'edited, in review again'),
    us('approved', 'taken back with the unpause call, after pacing'),
    meta('approved', 'the pause is over'),
    meta('disabled', 'low quality for the third time, or policy'),
    archival,
    ...deletion,
  ],
  // Cannot be deleted or edited by call.
  disabled: [
    meta('pending', 'edited in WhatsApp Manager'),
    meta('in_appeal', 'appealed in WhatsApp Manager'),
    meta('approved', 'reinstated'),
    archival,
  ],
  limit_exceeded: [us('pending', 'submitted again when there is room'), archival, ...deletion],
  // Taken back from the archive, a template is what it was before.
  archived: [
    ...(
      ['pending', 'approved', 'flagged', 'rejected', 'in_appeal', 'paused', 'disabled', 'limit_exceeded'] as const
    ).map((to) => meta(to, 'taken back from the archive')),
    us('pending_deletion', 'deleted by call'),
    meta('deleted', 'archived for 28 days'),
  ],
  pending_deletion: [meta('deleted', 'nothing is under way any more')],
  deleted: [],
};

export const TEMPLATE_STATES = Object.keys(MOVES) as readonly TemplateState[];

/** The moves out of a state, each with its mover and its reason. */
export const movesFrom = (from: TemplateState): readonly Move[] => MOVES[from];

/** The states that may follow; with `by`, only those which that mover can bring about. */
export const nextStates = (from: TemplateState, by?: Mover): readonly TemplateState[] => [
  ...new Set(MOVES[from].filter((move) => by === undefined || move.by === by).map((move) => move.to)),
];

/** Whether a state may follow another; commands of ours ask with `by` = `us`. */
export const canMove = (from: TemplateState, to: TemplateState, by?: Mover): boolean =>
  nextStates(from, by).includes(to);

/**
 * Whether messages may be sent with a template in this state. Meta sends APPROVED alone; FLAGGED is a warning on an
 * approved template, not a status of its own.
 */
export const isSendable = (state: TemplateState): boolean => state === 'approved' || state === 'flagged';

/** Whether the edit call is allowed (Meta, template management of 2025-11-14: APPROVED, REJECTED, PAUSED). */
export const isEditable = (state: TemplateState): boolean =>
  state === 'approved' || state === 'flagged' || state === 'rejected' || state === 'paused';
