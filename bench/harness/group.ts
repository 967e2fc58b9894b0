import type { Bench } from './bench-stack.js';
import type { Line } from './rounds.js';

/** How thorough a run is. */
export interface Effort {
  rounds: number;
  /** Of the full size of every figure; 1 but for a smoke. */
  share: number;
  say: (words: string) => void;
}

/** Figures that are measured together. */
export interface Group {
  /** What `npm run bench -- NAME` chooses. */
  name: string;
  /**
   * Whether numbers may send faster than Meta lets them: where the speed of our own code is the question.
   */
  beyondLimits: boolean;
  /** Takes long and says nothing of a hot path: only measured when it is named. */
  onRequest?: boolean;
  run: (bench: Bench, effort: Effort) => Promise<Line[]>;
}
