import type { SandboxConfig } from './config.js';
import { Signup } from './embedded-signup/signup.js';
import { DisplayNames } from './graph/display-names.js';
import { RaiseLimit } from './messages/raise-limit.js';
import { MessageSender } from './messages/send-message.js';
import { Statuses } from './messages/statuses.js';
import { OnPremisesFleet } from './on-premises/on-premises-fleet.js';
import { World } from './state/world.js';
import { TemplateDesk } from './templates/template-desk.js';
import { Emitter } from './webhooks/emitter.js';
import { Outbox } from './webhooks/outbox.js';

/** The stand-in for Meta as a whole: its state and what acts on it, wired by hand and usable without Nest. */
export class Meta {
  readonly world: World;
  readonly outbox: Outbox;
  readonly emitter: Emitter;
  readonly statuses: Statuses;
  readonly sender: MessageSender;
  readonly templates: TemplateDesk;
  readonly names: DisplayNames;
  readonly signup: Signup;
  readonly onPremises: OnPremisesFleet;

  constructor(config: SandboxConfig, onTimerError?: (error: unknown) => void) {
    this.world = new World(config, onTimerError);
    this.outbox = new Outbox(this.world);
    this.emitter = new Emitter(this.world, this.outbox);
    this.statuses = new Statuses(this.world, this.emitter);
    const raise = new RaiseLimit(this.world, this.emitter);
    this.statuses.onDelivered = (message, number) => raise.onDelivered(message, number);
    this.sender = new MessageSender(this.world, this.statuses);
    this.templates = new TemplateDesk(this.world, this.emitter);
    this.names = new DisplayNames(this.world, this.emitter);
    this.signup = new Signup(this.world, this.emitter);
    this.onPremises = new OnPremisesFleet(this.world, this.sender, this.statuses, this.outbox);
  }

  async stop(): Promise<void> {
    this.world.clock.stop();
    await this.outbox.stop();
  }
}
