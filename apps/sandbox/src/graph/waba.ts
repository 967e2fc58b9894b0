import { digitsOf } from '../state/phone.js';
import type { Json, Template, Waba } from '../state/records.js';
import { verifyCallback } from '../webhooks/handshake.js';
import { conversationAnalytics } from './conversation-analytics.js';
import { parseFields, project } from './fields.js';
import { type GraphCall, requireAccess, requireText, structure, text } from './graph-call.js';
import { badParameter, GraphError, missing, noSuchObject } from './graph-error.js';
import {
  PHONE_NUMBER_USUAL,
  phoneNumberView,
  TEMPLATE_USUAL,
  templateView,
  WABA_USUAL,
  wabaView,
} from './node-views.js';
import { page } from './paging.js';
import { pricingAnalytics } from './pricing-analytics.js';

const SUCCESS = { success: true };

function wabaOf(call: GraphCall): Waba {
  const id = call.segments[0]!;
  const waba = call.world.get('waba', id);
  if (!waba) throw noSuchObject(id);
  requireAccess(call, waba.id, id);
  return waba;
}

export function getWaba(call: GraphCall): Json {
  const waba = wabaOf(call);
  const analytics = {
    pricing_analytics: pricingAnalytics(call, waba),
    conversation_analytics: conversationAnalytics(call, waba),
  };
  return project({ ...wabaView(call, waba), ...analytics }, parseFields(call.params.fields), WABA_USUAL);
}

/** Subscribes the calling app; an override callback must answer the handshake first. */
export async function subscribe(call: GraphCall): Promise<Json> {
  const waba = wabaOf(call);
  const appId = call.token!.appId;
  const url = text(call, 'override_callback_uri');
  if (url !== undefined) {
    if (url.length > 200) throw badParameter('override_callback_uri has at most 200 characters.');
    await verifyCallback(url, requireText(call, 'verify_token'));
  }
  // A repeat without a body takes the override away (meta/webhooks.md §1).
  waba.subscriptions.set(appId, { appId, overrideUrl: url });
  return SUCCESS;
}

export function unsubscribe(call: GraphCall): Json {
  wabaOf(call).subscriptions.delete(call.token!.appId);
  return SUCCESS;
}

export function subscriptions(call: GraphCall): Json {
  return {
    data: Array.from(wabaOf(call).subscriptions.values(), ({ appId, overrideUrl }) => ({
      whatsapp_business_api_data: {
        id: appId,
        link: `${call.baseUrl}/apps/${appId}`,
        name: call.world.get('app', appId)?.name,
      },
      ...(overrideUrl && { override_callback_uri: overrideUrl }),
    })),
  };
}

export function listPhoneNumbers(call: GraphCall): Json {
  const numbers = Array.from(wabaOf(call).phoneNumberIds, (id) => call.world.get('phone_number', id)!);
  const asked = parseFields(call.params.fields);
  return page(call, numbers, (number) => project(phoneNumberView(call, number), asked, PHONE_NUMBER_USUAL));
}

/** Adds a number to be verified; with `migrate_phone_number` one that another WABA has. */
export function addPhoneNumber(call: GraphCall): Json {
  const { world } = call;
  const waba = wabaOf(call);
  const cc = digitsOf(requireText(call, 'cc'));
  const national = digitsOf(requireText(call, 'phone_number'));
  const digits = national.startsWith(cc) && national.length > 10 ? national : cc + national;
  if (digits.length < 7 || digits.length > 15) throw badParameter('phone_number is not valid.');
  const migrate = text(call, 'migrate_phone_number') === 'true';
  const held = world.phoneByDigits.get(digits);
  const refuse = (subcode: number, details: string) =>
    new GraphError(100, details, { subcode, message: 'Invalid parameter', userTitle: details });
  if (held?.wabaId === waba.id) throw refuse(2388012, 'The phone number is already in your list.');
  if (held && !migrate) throw refuse(2388001, 'The phone number belongs to another account; ask to migrate it.');
  if (held && migrate && held.pin !== undefined)
    throw refuse(2388001, 'Two-step verification must be disabled at the source first.');
  if (held && migrate && !waba.subscriptions.size)
    throw refuse(2388103, 'The destination account needs a subscribed app.');
  const number = world.addPhoneNumber({
    wabaId: waba.id,
    phone: `+${digits}`,
    verifiedName: held?.verifiedName ?? text(call, 'verified_name') ?? waba.name,
    nameStatus: held?.nameStatus ?? 'PENDING_REVIEW',
    migratesFrom: held?.id,
    ...(held && { qualityRating: held.qualityRating }),
  });
  if (!held) call.meta.names.review(number);
  return { id: number.id };
}

export function createTemplate(call: GraphCall): Json {
  const waba = wabaOf(call);
  const template = call.meta.templates.create(waba, { ...call.params, components: structure(call, 'components') });
  return { id: template.id, status: template.status, category: template.category };
}

export function listTemplates(call: GraphCall): Json {
  const waba = wabaOf(call);
  const wanted = (name: string) => text(call, name)?.toUpperCase().split(',');
  const status = wanted('status');
  const category = wanted('category');
  const language = text(call, 'language');
  const name = text(call, 'name');
  const contains = text(call, 'name_or_content');
  const asked = parseFields(call.params.fields);
  const found = Array.from(waba.templateIds, (id) => call.world.get('template', id)!).filter(
    (template) =>
      (!status || status.includes(template.status)) &&
      (!category || category.includes(template.category)) &&
      (!language || template.language === language) &&
      (!name || template.name === name) &&
      (!contains || JSON.stringify([template.name, template.components]).includes(contains)),
  );
  return page(call, found, (template) => project(templateView(call.world, template), asked, TEMPLATE_USUAL));
}

/** Copies approved templates that are not disliked from another account of the same business (meta/templates.md §1). */
export function migrateTemplates(call: GraphCall): Json {
  const { world } = call;
  const waba = wabaOf(call);
  const source = world.get('waba', requireText(call, 'source_waba_id'));
  if (!source || source.businessId !== waba.businessId) throw badParameter('source_waba_id is of another business.');
  const count = Number(text(call, 'count') ?? 500);
  const from = Number(text(call, 'page_number') ?? 0) * count;
  const migrated: string[] = [];
  const failed: Record<string, string> = {};
  for (const id of [...source.templateIds].slice(from, from + count)) {
    const { kind: _, id: __, review: ___, ...given } = world.get('template', id)!;
    if (given.status !== 'APPROVED') failed[id] = 'Only approved templates can be migrated';
    else if (!['GREEN', 'UNKNOWN'].includes(given.quality)) failed[id] = 'The quality is too low';
    else if (world.findTemplate(waba, given.name, given.language)) failed[id] = 'The template exists already';
    else {
      world.addTemplate({ ...given, wabaId: waba.id });
      migrated.push(id);
    }
  }
  return { migrated_templates: migrated, failed_templates: failed };
}

/** By name all languages; with `hsm_id` one (meta/templates.md §1). */
export function deleteTemplates(call: GraphCall): Json {
  const waba = wabaOf(call);
  const name = text(call, 'name');
  const id = text(call, 'hsm_id');
  if (name === undefined && id === undefined) throw missing('name');
  const doomed: Template[] = [];
  for (const templateId of waba.templateIds) {
    const template = call.world.get('template', templateId)!;
    if ((id === undefined || template.id === id) && (name === undefined || template.name === name))
      doomed.push(template);
  }
  if (!doomed.length)
    throw new GraphError(100, 'No template with this name or id.', {
      subcode: 2593002,
      message: 'Invalid parameter',
      userTitle: 'Message template not found',
    });
  for (const template of doomed) call.meta.templates.remove(template);
  return SUCCESS;
}

export function assignUser(call: GraphCall): Json {
  const waba = wabaOf(call);
  const user = requireText(call, 'user');
  const tasks = structure(call, 'tasks');
  if (!Array.isArray(tasks) || !tasks.length) throw missing('tasks');
  waba.assignedUsers.set(user, tasks.map(String));
  return SUCCESS;
}

export function assignedUsers(call: GraphCall): Json {
  return { data: Array.from(wabaOf(call).assignedUsers, ([id, tasks]) => ({ id, tasks })) };
}
