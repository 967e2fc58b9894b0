import { Inject, Injectable } from '@nestjs/common';
import { CLOCK, type Clock } from '#libs/clock';
import { Database } from '#libs/persistence';
import {
  checkParameters,
  isSendable,
  stateForSending,
  summarise,
  templateLimitsAt,
  whyNotSendable,
} from '#libs/template-state';
import { type Template, Templates } from '#libs/templates';
import type { Channel } from '../channels/channels.js';
import { Remembered } from '../channels/remembered.js';
import { refuse } from '../graph-envelope/refuse.js';
import type { MessageRequest } from './read-message.js';

type AskedTemplate = NonNullable<Extract<MessageRequest, { kind: 'message' }>['template']>;

const REMEMBER_MS = 2_000;

/** The templates that messages name, if they may be sent now and with the parameters given. */
@Injectable()
export class SendableTemplates {
  // A template that cannot be sent is never remembered, so an approval counts at once; a pause is noticed again at the
  // moment of sending, so nothing paused goes out meanwhile.
  private readonly known = new Remembered<Template>(REMEMBER_MS, (t) => isSendable(t.status));

  constructor(
    private readonly db: Database,
    private readonly templates: Templates,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** @throws Refusal for one that the channel's account has not, that cannot be sent, or whose parameters do not fit */
  async of(channel: Channel, asked: AskedTemplate): Promise<Template> {
    const { tenantId, wabaId } = channel.waba;
    const { name, language } = asked;
    const template = await this.known.get(`${tenantId} ${wabaId} ${language} ${name}`, () =>
      this.db.inTenant(tenantId, (tx) => this.templates.find(tx, tenantId, { wabaId, name, language })),
    );
    if (!template) {
      throw refuse(
        'template_unknown',
        `template name (${name}) does not exist in ${language}. List your templates to see names and languages.`,
      );
    }
    const now = this.clock.now();
    const why = whyNotSendable(stateForSending(template.status, template.heldUntil, now));
    if (why) {
      throw refuse(
        why,
        isSendable(template.status)
          ? `template name (${name}) in ${language} is held back by your provider until ${template.heldUntil?.toISOString()}. Ask them why, or send another template.`
          : `template name (${name}) in ${language} is ${template.status}, so it cannot be sent. Only approved templates can.`,
      );
    }
    const day = now.toISOString().slice(0, 10);
    const wrong = summarise(checkParameters(template.components, asked.components, templateLimitsAt(day)));
    if (wrong) throw refuse(wrong.refusal, wrong.details);
    return template;
  }
}
