import type { Measured } from './load.js';

/** One thing that is measured, beside the baseline it is divided by. */
export interface Figure {
  name: string;
  /** The least ratio that we want; undefined while there is no goal. */
  goal?: number;
  product: (requests: number) => Promise<Measured>;
  baseline: (requests: number) => Promise<Measured>;
}

export interface Result {
  name: string;
  goal: number | undefined;
  product: { perSecond: number; p50: number; p99: number };
  baseline: { perSecond: number };
  ratio: { median: number; min: number; max: number };
}

const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] as number;

/** Interleaved rounds; the ratio is taken within each, so that a slow minute of the machine slows both. */
export async function measure(figure: Figure, rounds: number, requests: number): Promise<Result> {
  const warm = Math.ceil(requests / 4);
  const products: Measured[] = [];
  const baselines: Measured[] = [];
  for (let round = 0; round < rounds; round++) {
    await figure.product(warm);
    products.push(await figure.product(requests));
    await figure.baseline(warm);
    baselines.push(await figure.baseline(requests));
  }
  const ratios = products.map((p, i) => p.perSecond / (baselines[i] as Measured).perSecond);
  return {
    name: figure.name,
    goal: figure.goal,
    product: {
      perSecond: median(products.map((p) => p.perSecond)),
      p50: median(products.map((p) => p.p50)),
      p99: median(products.map((p) => p.p99)),
    },
    baseline: { perSecond: median(baselines.map((b) => b.perSecond)) },
    ratio: { median: median(ratios), min: Math.min(...ratios), max: Math.max(...ratios) },
  };
}
