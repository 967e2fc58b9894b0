import type { Measured } from './load.js';

/** What a figure is divided by: a run of the same work done otherwise, in the same round. */
export interface Baseline {
  /** Its letter in docs/performance.md. */
  name: string;
  /** The least ratio that we want; absent where it only tells how far it is. */
  goal?: number;
  run: (size: number) => Promise<Measured>;
}

/** Something that is measured in rounds. */
export interface Figure {
  name: string;
  /** How much a round does: requests, messages. */
  size: number;
  run: (size: number) => Promise<Measured>;
  baselines: readonly Baseline[];
  /** The slowest hundredth that we want, in ms. */
  p99Goal?: number;
}

/** One line of the report. */
export interface Line {
  figure: string;
  measured: string;
  baseline: string;
  ratio: string;
  goal: string;
  met: boolean | undefined;
  /** The numbers behind the words. */
  data: unknown;
}

/** The middle one, or between the two in the middle. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const [lower, upper] = [sorted[Math.floor((sorted.length - 1) / 2)], sorted[Math.floor(sorted.length / 2)]];
  return ((lower ?? 0) + (upper ?? 0)) / 2;
}

export const whole = (n: number): string => Math.round(n).toLocaleString('en');

/**
 * Interleaved rounds: the figure, each baseline, the figure again … each warmed just before. The ratio is taken within a
 * round, so that a slow minute of the machine slows both.
 */
export async function measure(figure: Figure, rounds: number, share = 1): Promise<Line[]> {
  const size = Math.max(100, Math.round(figure.size * share));
  const warmed = async (run: Figure['run']) => {
    await run(Math.ceil(size / 4));
    return run(size);
  };
  const ours: Measured[] = [];
  const theirs = new Map<Baseline, Measured[]>(figure.baselines.map((b) => [b, []]));
  for (let round = 0; round < rounds; round++) {
    ours.push(await warmed(figure.run));
    for (const [baseline, results] of theirs) results.push(await warmed(baseline.run));
  }
  const middle = (pick: (m: Measured) => number | undefined) => median(ours.map((m) => pick(m) ?? 0));
  const [perSecond, p50, p99] = [middle((m) => m.perSecond), middle((m) => m.p50), middle((m) => m.p99)];
  const measured = `${whole(perSecond)}/s${p99 > 0 ? `, p50 ${p50.toFixed(1)}, p99 ${p99.toFixed(1)} ms` : ''}`;
  const lines = [...theirs].map(([baseline, results]): Line => {
    const ratios = ours.map((m, i) => m.perSecond / (results[i]?.perSecond ?? Number.NaN));
    const ratio = median(ratios);
    return {
      figure: figure.name,
      measured,
      baseline: `${baseline.name} ${whole(median(results.map((r) => r.perSecond)))}/s`,
      ratio: `${ratio.toFixed(2)} (${Math.min(...ratios).toFixed(2)}–${Math.max(...ratios).toFixed(2)})`,
      goal: baseline.goal === undefined ? '' : `≥ ${baseline.goal} ${baseline.name}`,
      met: baseline.goal === undefined ? undefined : ratio >= baseline.goal,
      data: { product: ours, baseline: results, ratios },
    };
  });
  if (figure.p99Goal !== undefined) {
    const goal = `p99 ≤ ${figure.p99Goal} ms`;
    const met = p99 <= figure.p99Goal;
    lines.push({ figure: figure.name, measured, baseline: '', ratio: '', goal, met, data: ours });
  } else if (lines.length === 0) {
    lines.push({
      figure: figure.name,
      measured,
      baseline: '',
      ratio: '',
      goal: '',
      met: undefined,
      data: { product: ours },
    });
  }
  return lines;
}
