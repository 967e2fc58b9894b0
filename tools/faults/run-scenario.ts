import { type Audit, audit, isClean } from './audit.js';
import type { Lab } from './lab.js';
import { Load } from './load.js';
import type { Scenario } from './scenarios.js';
import { settle } from './settle.js';
import { StallWatch } from './stall-watch.js';

/** A line of the report. */
export interface ScenarioResult extends Audit {
  name: string;
  says: string;
  /** Work that was left undone at the end. */
  left: number;
  /** The longest time in which messages waited and none reached Meta, in ms. */
  worstStallMs: number;
  seconds: number;
  holds: boolean;
}

let runs = 0;

/**
 * Lets scenarios happen one after another under one load, waits until all is done, and audits.
 *
 * @param perSecond messages a second
 * @param messages  how long each scenario lasts, in messages accepted meanwhile
 */
export async function runScenario(
  lab: Lab,
  name: string,
  scenarios: readonly Scenario[],
  { perSecond, messages }: { perSecond: number; messages: number },
): Promise<ScenarioResult> {
  const startedAt = performance.now();
  const load = new Load(
    { gateway: lab.stack.urls.gateway as string, sandbox: lab.stack.urls.sandbox as string, merchants: lab.merchants },
    `faults-${++runs}`,
    lab.random.branch(),
    perSecond,
  );
  lab.shop.onWritten = (written) => load.reply(written);
  const watch = new StallWatch(lab);
  load.start();
  const wrong: string[] = [];
  for (const scenario of scenarios) await scenario.act(lab, load, messages, (words) => wrong.push(words));
  await lab.metaIsWell();
  await lab.metaMail('straight');
  lab.shop.mood = 'up';
  await load.stop();
  const left = await settle(lab);
  const worstStallMs = await watch.stop();
  const found = await audit(lab, load);
  return {
    name,
    says: scenarios.map((s) => s.says).join('; '),
    ...found,
    examples: [...wrong, ...found.examples],
    left,
    worstStallMs,
    seconds: Math.round((performance.now() - startedAt) / 1_000),
    holds: left === 0 && wrong.length === 0 && isClean(found),
  };
}
