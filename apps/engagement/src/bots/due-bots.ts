import { Injectable } from '@nestjs/common';
import { Database } from '#libs/persistence';
import { InboxConversations } from '../inbox/inbox-conversations.js';
import { InboxWork } from '../inbox/inbox-work.js';
import { AnswerPort } from './answer-port.js';
import { BotCalls } from './bot-calls.js';
import { type BotRun, BotRuns, type RunStep } from './bot-runs.js';
import { Bots } from './bots.js';
import { type HappenedToRun, RunBots } from './run-bots.js';

const BATCH = 20;
const LONGEST_HISTORY = 20;

/**
 * What bots do without a word of the customer: waits and silences that are over, and questions to other systems. A question is
 * asked outside any transaction; its answer counts when the run still stands where it asked.
 */
@Injectable()
export class DueBots {
  constructor(
    private readonly db: Database,
    private readonly runs: BotRuns,
    private readonly bots: Bots,
    private readonly runBots: RunBots,
    private readonly conversations: InboxConversations,
    private readonly work: InboxWork,
    private readonly calls: BotCalls,
    private readonly model: AnswerPort,
  ) {}

  /** @returns whether more may be due */
  async next(tenantId: string): Promise<{ more: boolean }> {
    const due = await this.db.inTenant(tenantId, (tx) => this.runs.due(tx, tenantId, BATCH));
    // Shops answer slowly, each its own customer; none waits for another.
    await Promise.all(due.map((run) => this.go(tenantId, run)));
    return { more: due.length === BATCH };
  }

  private async go(tenantId: string, run: BotRun): Promise<void> {
    const happened = await this.happens(tenantId, run);
    const touched = await this.db.inTenant(tenantId, async (tx) => {
      const conversation = await this.conversations.lock(tx, tenantId, run.conversationId);
      const now = await this.runs.find(tx, tenantId, run.runId);
      if (!conversation || !now || now.overAt || now.steps !== run.steps) return false;
      if (conversation.ownerKind !== 'bot') {
        await this.runs.rest(tx, tenantId, run.runId);
        return false;
      }
      await this.runBots.play(tx, tenantId, conversation, now, happened);
      return true;
    });
    if (touched) this.work.committed(tenantId, [run.conversationId]);
  }

  private async happens(tenantId: string, { pending, runId, steps, botId, version }: BotRun): Promise<HappenedToRun> {
    if (!pending) return { kind: 'time' };
    const once = `${runId}:${steps}`;
    if (pending.do === 'call') return { kind: 'called', answer: await this.calls.ask(pending.url, pending.body, once) };
    const { flow, said } = await this.db.inTenant(tenantId, async (tx) => ({
      flow: await this.bots.flow(tx, tenantId, botId, version),
      said: await this.runs.stepsOf(tx, tenantId, runId, LONGEST_HISTORY),
    }));
    const { instructions, question } = pending;
    const text = await this.model.answer({
      instructions,
      question,
      history: historyOf(said),
      url: flow?.answer_url,
      once,
    });
    return { kind: 'answered', text };
  }
}

/** What customer and bot said to each other, as far as it was words. */
function historyOf(steps: readonly RunStep[]): { by: 'customer' | 'bot'; text: string }[] {
  return steps.flatMap(({ event, effects }) => [
    ...(typeof event.text === 'string' && event.kind !== 'answered'
      ? [{ by: 'customer' as const, text: event.text }]
      : []),
    ...effects.flatMap((e) => {
      const words = e.do === 'send' ? (e.body.text as { body?: unknown } | undefined)?.body : undefined;
      return typeof words === 'string' ? [{ by: 'bot' as const, text: words }] : [];
    }),
  ]);
}
