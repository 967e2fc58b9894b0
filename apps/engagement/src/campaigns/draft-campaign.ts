import { Injectable } from '@nestjs/common';
import { Refusal } from '#libs/http';
import type { Tx } from '#libs/persistence';
import { checkParameters, isSendable, summarise, templateLimitsAt } from '#libs/template-state';
import { Templates } from '#libs/templates';
import { type PhoneNumber, Wabas } from '#libs/wabas';
import { Segments } from '../segments/segments.js';
import { type Audience, type CampaignPlan, STOP_WHEN_FAILING, type Variant } from './campaign.js';
import type { CampaignRequest } from './campaign.request.js';
import { ClickCodes } from './click-codes.js';
import { personal } from './personal-parameters.js';
import { readSchedule } from './schedule.js';
import { replaceLinks, whyNotCounted } from './tracked-links.js';

/** Reads what a campaign is to be: names become ids, and what cannot be sent is said before anybody launches it. */
@Injectable()
export class DraftCampaign {
  constructor(
    private readonly wabas: Wabas,
    private readonly templates: Templates,
    private readonly segments: Segments,
    private readonly codes: ClickCodes,
  ) {}

  /** @throws Refusal with the field and how to mend it */
  async read(
    tx: Tx,
    tenantId: string,
    request: CampaignRequest,
    day: string,
  ): Promise<{ wabaId: string; name: string; plan: CampaignPlan; audience: Audience }> {
    const numbers = await this.numbersOf(tx, tenantId, request.phone_number_ids);
    const wabaId = (numbers[0] as PhoneNumber).wabaId;
    if (numbers.some((n) => n.wabaId !== wabaId)) {
      throw Refusal.invalid('phone_number_ids: must be numbers of one account, which has the templates.');
    }
    const variants: Variant[] = [];
    for (const [i, given] of request.variants.entries()) {
      const { template: name, language, components = [], weight = 1 } = given;
      const template = await this.templates.find(tx, tenantId, { wabaId, name, language });
      if (!template)
        throw Refusal.invalid(`variants[${i}].template: there is no ${name} in ${language} in this account.`);
      if (!isSendable(template.status)) {
        throw Refusal.invalid(`variants[${i}].template: is ${template.status}; only an approved template can be sent.`);
      }
      // Each placeholder stands for a word here, so that count and kind of the parameters are judged by Meta's rules.
      const example = personal(
        request.track_clicks ? replaceLinks(components, () => this.codes.base) : components,
        new Proxy({}, { get: () => 'word' }),
      );
      const wrong = summarise(checkParameters(template.components, example, templateLimitsAt(day)));
      if (wrong) throw Refusal.invalid(`variants[${i}].components: ${wrong.details}`);
      const uncounted = request.track_clicks && whyNotCounted(components, template.components, this.codes.base);
      if (uncounted) throw Refusal.invalid(`variants[${i}].components: ${uncounted}`);
      variants.push({
        name: given.name ?? String.fromCharCode(65 + i),
        templateId: template.templateId,
        template: name,
        language,
        category: template.category,
        components,
        weight,
      });
    }
    if (request.quiet_hours && request.quiet_hours.from === request.quiet_hours.until) {
      throw Refusal.invalid('quiet_hours: from and until are the same. Leave quiet_hours out for none.');
    }
    const { quiet_hours: quietHours, throttle_per_minute: perMinute, stop_when_failing: stop } = request;
    const plan: CampaignPlan = {
      variants,
      phoneNumberIds: numbers.map((n) => n.phoneNumberId),
      schedule: readSchedule(request.schedule),
      ...(quietHours ? { quietHours: { from: quietHours.from, until: quietHours.until } } : {}),
      ...(perMinute ? { perMinute } : {}),
      stopWhenFailing: stop ? { percent: stop.percent, atLeast: stop.at_least } : STOP_WHEN_FAILING,
      ...(request.track_clicks ? { trackClicks: true } : {}),
      retries: request.retries ?? 1,
    };
    return { wabaId, name: request.name, plan, audience: await this.audienceOf(tx, tenantId, request) };
  }

  private async audienceOf(tx: Tx, tenantId: string, { audience, segment_id: id }: CampaignRequest): Promise<Audience> {
    if (audience !== 'segment') return { kind: audience };
    // Validation asks for the id of a segment.
    const segmentId = id as string;
    if (!(await this.segments.find(tx, tenantId, segmentId))) {
      throw Refusal.invalid(`segment_id: you have no segment with the id ${segmentId}.`);
    }
    return { kind: 'segment', segmentId };
  }

  private async numbersOf(tx: Tx, tenantId: string, metaIds: readonly string[]): Promise<PhoneNumber[]> {
    const numbers: PhoneNumber[] = [];
    for (const metaPhoneNumberId of new Set(metaIds)) {
      const number = await this.wabas.phoneNumber(tx, tenantId, { metaPhoneNumberId });
      if (!number) throw Refusal.invalid(`phone_number_ids: you have no number with the id ${metaPhoneNumberId}.`);
      numbers.push(number);
    }
    return numbers;
  }
}
