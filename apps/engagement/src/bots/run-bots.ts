import { Inject, Injectable } from '@nestjs/common';
import { CLOCK, type Clock } from '#libs/clock';
import { ContactAttributes, Contacts, EditContacts, readAttributes } from '#libs/contacts';
import type { InboundRow } from '#libs/inbound';
import type { Tx } from '#libs/persistence';
import { GiveConversation } from '../inbox/give-conversation.js';
import { BotEar } from '../inbox/hear-customer.js';
import type { InboxConversation } from '../inbox/inbox-conversations.js';
import { InboxTeams } from '../inbox/inbox-teams.js';
import { type PlannedSaying, Sayings } from '../inbox/sayings.js';
import { type BotRun, BotRuns } from './bot-runs.js';
import { Bots } from './bots.js';
import { chooseBot } from './match-trigger.js';
import { endingWithPeople, playOn } from './play-on.js';
import { readMessage } from './read-message.js';
import { type EarlyWords, NEW_RUN, type RunEffect, type RunEvent, type Variables, withUnheard } from './run-state.js';

/**
 * Bots in conversations. Everything here runs with the conversation locked and in the transaction of what it answers, so an event
 * is played once; what is to be said is planned in the same transaction, for the turn that the bot has now.
 */
@Injectable()
export class RunBots extends BotEar {
  constructor(
    private readonly bots: Bots,
    private readonly runs: BotRuns,
    private readonly give: GiveConversation,
    private readonly teams: InboxTeams,
    private readonly sayings: Sayings,
    private readonly contacts: Contacts,
    private readonly edits: EditContacts,
    private readonly attributes: ContactAttributes,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {
    super();
  }

  async starts(tx: Tx, tenantId: string, conversation: InboxConversation, message: InboundRow): Promise<boolean> {
    const { text } = readMessage(message);
    const chosen = await this.wants(tx, tenantId, conversation, text);
    if (chosen) await this.begin(tx, tenantId, conversation, chosen, text, []);
    return chosen !== undefined;
  }

  private async wants(
    tx: Tx,
    tenantId: string,
    { phoneNumberId }: InboxConversation,
    text: string,
  ): Promise<ChosenBot | undefined> {
    const live = await this.bots.liveAt(tx, tenantId, phoneNumberId);
    return chooseBot(
      live.map(({ flow, ...bot }) => ({ ...bot, triggers: flow.triggers })),
      text,
    );
  }

  /** @param later what was written after the text, and is heard after it */
  private async begin(
    tx: Tx,
    tenantId: string,
    conversation: InboxConversation,
    { botId, version }: ChosenBot,
    text: string,
    later: readonly EarlyWords[],
  ): Promise<void> {
    // One that people took over and never gave back is over: the customer begins anew.
    const left = await this.runs.liveOf(tx, tenantId, conversation.conversationId);
    if (left) await this.runs.end(tx, tenantId, left.runId);
    const owned =
      conversation.ownerKind === 'bot'
        ? conversation
        : await this.give.move(tx, tenantId, conversation, 'bot_starts', { madeBy: `bot:${botId}` });
    const { conversationId } = conversation;
    // Two machines that talk begin again and again.
    const spoke = await this.runs.spokeLast(tx, tenantId, conversationId);
    const state = withUnheard({ ...NEW_RUN, spoke }, later);
    const run = await this.runs.begin(tx, tenantId, { botId, version, conversationId, state });
    await this.play(tx, tenantId, owned, run, { kind: 'started', text });
  }

  async heard(tx: Tx, tenantId: string, conversation: InboxConversation, message: InboundRow): Promise<void> {
    const run = await this.runs.liveOf(tx, tenantId, conversation.conversationId);
    if (run) return this.play(tx, tenantId, conversation, run, { kind: 'heard', ...readMessage(message) });
    // Its last words are still on their way.
    if (await this.starts(tx, tenantId, conversation, message)) return;
    await this.give.queue(tx, tenantId, conversation, { madeBy: 'paloma', why: 'no bot answers' });
  }

  async givenBack(tx: Tx, tenantId: string, conversation: InboxConversation): Promise<boolean> {
    const run = await this.runs.liveOf(tx, tenantId, conversation.conversationId);
    if (!run) return false;
    await this.play(tx, tenantId, conversation, run, { kind: 'given_back' });
    return true;
  }

  async hasBegunAnew(tx: Tx, tenantId: string, conversation: InboxConversation, runId: string): Promise<boolean> {
    return this.runs.isFollowed(tx, tenantId, conversation.conversationId, runId);
  }

  /** Plays an event of a run whose conversation is the bot's, and locked. */
  async play(
    tx: Tx,
    tenantId: string,
    conversation: InboxConversation,
    run: BotRun,
    happened: HappenedToRun,
  ): Promise<void> {
    const flow = await this.bots.flow(tx, tenantId, run.botId, run.version);
    if (!flow) return;
    const contact = await this.contactOf(tx, tenantId, conversation);
    const event = { ...happened, at: this.clock.now(), contact } as RunEvent;
    const { turns, left } = playOn(flow, run.state, event);
    const [next, ...later] = left;
    const chosen = next && (await this.wants(tx, tenantId, conversation, next.text));
    for (const [nth, { event, played }] of turns.entries()) {
      // What it waits for still comes: an answer is known by the step at which it was asked for.
      if (played.ignored) return;
      if (played.kept) return this.runs.keep(tx, tenantId, run.runId, played.state);
      await this.runs.played(tx, tenantId, { ...run, steps: run.steps + nth }, event, played);
      const effects = next && !chosen ? endingWithPeople(played.effects) : played.effects;
      await this.carryOut(tx, tenantId, conversation, run, effects);
    }
    if (next && chosen) await this.begin(tx, tenantId, conversation, chosen, next.text, later);
  }

  private async contactOf(tx: Tx, tenantId: string, { contactId, customer }: InboxConversation): Promise<Variables> {
    const contact = await this.contacts.find(tx, tenantId, contactId);
    return { ...contact?.attributes, name: contact?.name ?? contact?.profileName ?? '', customer };
  }

  private async carryOut(
    tx: Tx,
    tenantId: string,
    { conversationId, contactId, ownerTurn }: InboxConversation,
    { botId, runId }: BotRun,
    effects: readonly RunEffect[],
  ): Promise<void> {
    const planned: PlannedSaying[] = [];
    const plan = (what: Pick<PlannedSaying, 'body' | 'gives'>) =>
      planned.push({ conversationId, ownerTurn, origin: { kind: 'bot', id: botId }, ...what });
    for (const effect of effects) {
      if (effect.do === 'send') plan({ body: effect.body, gives: null });
      if (effect.do === 'hand_over') {
        const team = effect.team ? await this.teams.teamByName(tx, tenantId, effect.team) : undefined;
        plan({
          body: null,
          gives: { to: 'people', team: team ?? null, skills: effect.skills, why: effect.why, runId },
        });
      }
      if (effect.do === 'end')
        plan({ body: null, gives: { to: 'nobody', team: null, skills: [], why: effect.why, runId } });
      if (effect.do === 'set_attribute') await this.setAttribute(tx, tenantId, contactId, effect.key, effect.value);
    }
    await this.sayings.plan(tx, tenantId, planned);
  }

  /** A value that does not fit the attribute's type is left out: the conversation goes on. */
  private async setAttribute(tx: Tx, tenantId: string, contactId: string, key: string, value: unknown): Promise<void> {
    const { changes } = readAttributes(await this.attributes.types(tx, tenantId), { [key]: value });
    await this.edits.edit(tx, tenantId, contactId, { attributes: changes });
  }
}

type ChosenBot = { botId: string; version: number };

/** An event without what is added when it is played. */
export type HappenedToRun =
  | { kind: 'started'; text: string }
  | { kind: 'heard'; text: string; pressed?: string; order?: unknown }
  | { kind: 'time' }
  | { kind: 'called'; answer: Record<string, unknown> | undefined }
  | { kind: 'answered'; text: string | undefined }
  | { kind: 'given_back' };
