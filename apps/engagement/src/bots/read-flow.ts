import { Injectable } from '@nestjs/common';
import { Refusal } from '#libs/http';
import { BotCalls } from './bot-calls.js';
import { checkFlow } from './check-flow.js';
import type { Flow } from './flow.js';

/** A flow as a merchant gives it: its form, and whether the addresses that it calls may be called. */
@Injectable()
export class ReadFlow {
  constructor(private readonly calls: BotCalls) {}

  /** @throws Refusal 400 with every problem */
  async read(given: unknown): Promise<Flow> {
    const checked = checkFlow(given);
    if ('problems' in checked) throw Refusal.invalid(checked.problems.join('; '), { flow: checked.problems });
    const problems: string[] = [];
    for (const [place, url] of urlsOf(checked.flow)) {
      const problem = await this.calls.problemOf(url);
      if (problem) problems.push(`${place}: ${problem}`);
    }
    if (problems.length > 0) throw Refusal.invalid(problems.join('; '), { flow: problems });
    return checked.flow;
  }
}

const urlsOf = ({ steps, answer_url }: Flow): [place: string, url: string][] => [
  ...Object.entries(steps).flatMap(([name, step]): [string, string][] =>
    step.do === 'call' ? [[`steps.${name}.url`, step.url]] : [],
  ),
  ...(answer_url ? [['answer_url', answer_url] as [string, string]] : []),
];
