import { Injectable } from '@nestjs/common';
import type { Tx } from '#libs/persistence';
import { type TemplateReport, TemplateSyncs, Templates } from '#libs/templates';
import { type Limit, parseLimit, tierName, type UnreadableLimit } from '#libs/tier-quota';
import { type AccountDecision, noteAccountDecision, noteLimitChange, type PhoneNumber, Wabas } from '#libs/wabas';
import { ApplyPrices } from './apply-prices.js';
import { ApplyStanding } from './apply-standing.js';
import type { Effects } from './effects.js';
import type { EventContext } from './event-context.js';
import { idText, serialiseExact } from './exact-json.js';
import { type Fields, fieldsOf, textOf } from './fields.js';
import { HastenWaiting } from './hasten-waiting.js';

const digitsOf = (number: unknown): string => String(number ?? '').replace(/\D/g, '');

/** Management fields that change what we hold: templates, limits, throughput. What tenants are told is not decided here. */
@Injectable()
export class ApplyAccount {
  constructor(
    private readonly templates: Templates,
    private readonly syncs: TemplateSyncs,
    private readonly wabas: Wabas,
    private readonly standing: ApplyStanding,
    private readonly prices: ApplyPrices,
    private readonly hasten: HastenWaiting,
  ) {}

  async apply(tx: Tx, context: EventContext, effects: Effects): Promise<void> {
    const value = fieldsOf(context.change.value);
    switch (context.change.field) {
      case 'message_template_status_update':
      case 'message_template_quality_update':
      case 'template_category_update':
        return this.template(tx, context, value, effects);
      case 'message_template_components_update':
        // It tells texts without samples and parameter names: Meta's list has all of it.
        return this.compareTemplates(tx, context, effects);
      case 'phone_number_quality_update':
        await this.quality(tx, context, value);
        return this.limit(tx, context, value.max_daily_conversations_per_business ?? value.current_limit, effects);
      case 'phone_number_name_update':
        return this.name(tx, context, value);
      case 'account_update':
        await this.prices.apply(tx, context, value);
        return this.standing.apply(tx, context, value);
      case 'account_alerts':
        return this.raise(tx, context, value);
      case 'business_capability_update':
        // The limit per number of older versions is left alone: since 2025-10 the portfolio's counts.
        return this.limit(tx, context, value.max_daily_conversations_per_business, effects);
    }
  }

  private async template(tx: Tx, context: EventContext, value: Fields, effects: Effects): Promise<void> {
    const metaTemplateId = idText(value.message_template_id);
    const report = metaTemplateId && reportOf(value);
    if (!report) {
      effects.note = 'passed on: it names no template, or says nothing of one';
      return;
    }
    const applied = await this.templates.applyReport(tx, context.tenantId, {
      metaTemplateId,
      at: context.at,
      source: 'meta-webhook',
      ...report,
    });
    if (applied) {
      effects.templatesOf.add(applied.wabaId);
      if (applied.verdict === 'apply-and-alert') effects.note = `unexpected: ${applied.before} to ${applied.after}`;
      // Out of the archive, and we do not know what it was before.
      if (applied.verdict === 'ask') await this.compareTemplates(tx, context, effects);
    } else if (context.patienceIsOver) effects.note = 'passed on: we do not have this template';
    else {
      // Made in WhatsApp Manager, or by a call whose answer is not stored yet.
      effects.waitsFor = `template ${metaTemplateId}`;
      await this.compareTemplates(tx, context, effects);
    }
  }

  private async compareTemplates(tx: Tx, { tenantId, wabaId, at }: EventContext, effects: Effects): Promise<void> {
    if (!wabaId) return;
    await this.syncs.ask(tx, tenantId, wabaId, at);
    effects.templatesOf.add(wabaId);
  }

  private async throughput(tx: Tx, context: EventContext, value: Fields): Promise<void> {
    if (value.event !== 'THROUGHPUT_UPGRADE') return;
    const number = await this.numberOf(tx, context, value);
    if (!number) return;
    const { wabaId, metaPhoneNumberId, displayPhoneNumber } = number;
    await this.wabas.savePhoneNumber(tx, context.tenantId, {
      wabaId,
      metaPhoneNumberId,
      displayPhoneNumber,
      throughputLevel: 'HIGH',
    });
  }

  /** FLAGGED and UNFLAGGED are of before October 2025; an unflagged number is no longer low, and more is not said. */
  private async quality(tx: Tx, context: EventContext, value: Fields): Promise<void> {
    await this.throughput(tx, context, value);
    const number = await this.numberOf(tx, context, value);
    const told = textOf(value.event);
    if (!number || !told) return;
    const isNews = await this.noteDecision(tx, context, 'quality', told, number);
    const qualityRating = told === 'FLAGGED' ? 'RED' : told === 'UNFLAGGED' ? 'UNKNOWN' : undefined;
    if (isNews && qualityRating)
      await this.wabas.describeNumber(tx, context.tenantId, number.phoneNumberId, { qualityRating });
  }

  /** A name is shown once Meta approved it; a refusal is kept with its reason. */
  private async name(tx: Tx, context: EventContext, value: Fields): Promise<void> {
    const number = await this.numberOf(tx, context, value);
    const [told, verifiedName] = [textOf(value.decision), textOf(value.requested_verified_name)];
    if (!number || !told) return;
    const isNews = await this.noteDecision(tx, context, 'name', told, number);
    if (isNews && told === 'APPROVED' && verifiedName)
      await this.wabas.describeNumber(tx, context.tenantId, number.phoneNumberId, { verifiedName });
  }

  private async noteDecision(
    tx: Tx,
    { tenantId, wabaId, at, change }: EventContext,
    topic: AccountDecision['topic'],
    told: string,
    number?: PhoneNumber,
  ): Promise<boolean> {
    if (!wabaId) return false;
    const detail = serialiseExact(change.value);
    return noteAccountDecision(tx, tenantId, {
      wabaId,
      phoneNumberId: number?.phoneNumberId,
      topic,
      told: told.slice(0, 100),
      at,
      detail,
    });
  }

  /** The number that a management field names by its digits. */
  private async numberOf(tx: Tx, context: EventContext, value: Fields): Promise<PhoneNumber | undefined> {
    const digits = digitsOf(value.display_phone_number);
    if (!digits) return undefined;
    const numbers = await this.wabas.phoneNumbers(tx, context.tenantId);
    return numbers.find((n) => n.wabaId === context.wabaId && digitsOf(n.displayPhoneNumber) === digits);
  }

  /**
   * Why Meta did not raise a limit yet: INCREASED_CAPABILITIES_ELIGIBILITY_DEFERRED, _FAILED or _NEED_MORE_INFO
   * (account_alerts reference, 2025-10-22).
   */
  private async raise(tx: Tx, context: EventContext, value: Fields): Promise<void> {
    const told = textOf(fieldsOf(value.alert_info).alert_type);
    if (!told?.startsWith('INCREASED_CAPABILITIES_ELIGIBILITY')) return;
    const waba = context.wabaId && (await this.wabas.waba(tx, context.tenantId, { wabaId: context.wabaId }));
    const portfolio = waba && (await this.wabas.portfolio(tx, context.tenantId, waba.portfolioId));
    if (!portfolio) return;
    await noteLimitChange(tx, context.tenantId, {
      portfolioId: portfolio.portfolioId,
      was: portfolio.messagingLimit,
      became: null,
      at: context.at,
      cause: `${context.change.field} ${told.slice(0, 100)}`,
      detail: serialiseExact(context.change.value),
    });
  }

  private async limit(tx: Tx, context: EventContext, told: unknown, effects: Effects): Promise<void> {
    const waba = context.wabaId && (await this.wabas.waba(tx, context.tenantId, { wabaId: context.wabaId }));
    const portfolio = waba && (await this.wabas.portfolio(tx, context.tenantId, waba.portfolioId));
    if (told === undefined || !portfolio) return;
    const limit = parseLimit(told);
    if (limit.kind === 'unreadable') {
      effects.note = 'passed on: a messaging limit that we cannot read';
      return;
    }
    const [rank, heldRank] = [rankOf(limit), rankOf(parseLimit(portfolio.messagingLimit))];
    const [toldAt, heldAt] = [secondOf(context.at), secondOf(portfolio.limitSeenAt)];
    if (toldAt < heldAt) return;
    // Of two limits of one second the lower one counts, whichever came first: to exceed it would cost more.
    if (toldAt === heldAt && rank >= heldRank) return;
    const { field, value } = context.change;
    await this.wabas.setMessagingLimit(tx, context.tenantId, portfolio.portfolioId, tierName(limit), {
      at: context.at,
      cause: [field, textOf(fieldsOf(value).event)].filter((word) => word !== undefined).join(' '),
      detail: serialiseExact(value),
    });
    if (rank > heldRank) await this.hasten.ofPortfolio(tx, context.tenantId, portfolio.portfolioId);
  }
}

// Meta's times are whole seconds.
const secondOf = (at: Date): number => Math.floor(at.getTime() / 1_000);

const rankOf = (limit: Limit | UnreadableLimit): number =>
  limit.kind === 'capped' ? limit.cap : limit.kind === 'not_set' ? 0 : Number.POSITIVE_INFINITY;

/** What a template webhook says; told by its content, for Meta's own sample of the quality update names another field. */
function reportOf(value: Fields): Pick<TemplateReport, 'status' | 'quality' | 'category'> | undefined {
  const quality = textOf(value.new_quality_score);
  if (quality) return { quality };
  if (value.new_category !== undefined) return { category: value };
  const word = textOf(value.event);
  if (!word) return undefined;
  const given = textOf(value.reason);
  const other = fieldsOf(value.other_info);
  const reason = given && given !== 'NONE' ? given : textOf(other.title);
  const advice = fieldsOf(value.rejection_info);
  const detail = [textOf(advice.reason), textOf(advice.recommendation), textOf(other.description)]
    .filter((sentence) => sentence !== undefined)
    .join(' ');
  return { status: { word, ...(reason ? { reason } : {}), ...(detail ? { detail } : {}) } };
}
