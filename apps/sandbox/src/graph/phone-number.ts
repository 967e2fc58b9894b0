import { randomInt } from 'node:crypto';
import { readBackup } from '../on-premises/backup.js';
import type { Json, PhoneNumber } from '../state/records.js';
import { verifyCallback } from '../webhooks/handshake.js';
import { parseFields, project } from './fields.js';
import { type GraphCall, isObject, requireAccess, requireText, structure, text } from './graph-call.js';
import { badParameter, GraphError, missing, noSuchObject } from './graph-error.js';
import { PHONE_NUMBER_USUAL, phoneNumberView } from './node-views.js';

const SUCCESS = { success: true };
const HOUR = 3_600_000;

export function phoneNumberOf(call: GraphCall): PhoneNumber {
  const id = call.segments[0]!;
  const number = call.world.get('phone_number', id);
  if (!number) throw noSuchObject(id);
  requireAccess(call, number.wabaId, id);
  return number;
}

export const getPhoneNumber = (call: GraphCall): Json =>
  project(phoneNumberView(call, phoneNumberOf(call)), parseFields(call.params.fields), PHONE_NUMBER_USUAL);

/** Changes the PIN, the callback override, or asks for another display name. */
export async function updatePhoneNumber(call: GraphCall): Promise<Json> {
  const number = phoneNumberOf(call);
  const pin = text(call, 'pin');
  if (pin !== undefined) {
    requirePinForm(pin);
    number.pin = pin;
    const waba = call.world.get('waba', number.wabaId)!;
    call.meta.emitter.account(waba, 'security', { display_phone_number: number.digits, event: 'PIN_CHANGED' });
  }
  const name = text(call, 'new_display_name');
  if (name !== undefined) call.meta.names.request(number, name);
  const webhook = structure(call, 'webhook_configuration');
  if (isObject(webhook)) {
    const url = webhook.override_callback_uri;
    if (typeof url === 'string' && url) {
      if (typeof webhook.verify_token !== 'string') throw missing('webhook_configuration.verify_token');
      await verifyCallback(url, webhook.verify_token);
      number.overrideUrl = url;
    } else number.overrideUrl = undefined;
  }
  return SUCCESS;
}

function requirePinForm(pin: string): void {
  if (!/^\d{6}$/.test(pin)) throw badParameter('pin must have 6 digits.');
}

/** register and deregister: 10 calls in 72 h (meta/limits.md §5). */
function countRegistration(call: GraphCall, number: PhoneNumber): void {
  const now = call.world.now();
  number.registrations = number.registrations.filter((at) => at > now - 72 * HOUR);
  if (number.registrations.length >= 10)
    throw new GraphError(133016, 'Too many register or deregister calls for this number; wait 72 hours.');
  number.registrations.push(now);
}

/** `register`: the first PIN given becomes the number's; later ones must match it. */
export function register(call: GraphCall): Json {
  const { world } = call;
  const number = phoneNumberOf(call);
  if (text(call, 'messaging_product') !== 'whatsapp')
    throw badParameter('Param messaging_product must be one of {WHATSAPP}.');
  const pin = requireText(call, 'pin');
  requirePinForm(pin);
  if (number.status === 'BANNED') throw new GraphError(131031, 'The phone number is banned.');
  requireBackup(call, number);
  if (number.codeVerificationStatus !== 'VERIFIED')
    throw new GraphError(133006, 'Verify the number with request_code and verify_code first.');
  countRegistration(call, number);
  const now = world.now();
  number.wrongPins = number.wrongPins.filter((at) => at > now - HOUR);
  if (number.wrongPins.length >= 5) throw new GraphError(133008, 'Too many wrong PINs; try again in 60 minutes.');
  if (number.pin !== undefined && number.pin !== pin) {
    number.wrongPins.push(now);
    throw new GraphError(133005, 'The PIN does not match the one set for this number.');
  }
  number.pin = pin;
  // Whatever carried it before carries it no more.
  number.onPremises = undefined;
  number.registered = true;
  if (['PENDING', 'DISCONNECTED', 'UNVERIFIED', 'MIGRATED'].includes(number.status)) number.status = 'CONNECTED';
  call.meta.names.adopt(number);
  const region = text(call, 'data_localization_region');
  if (region !== undefined)
    number.settings.storage_configuration = { status: 'IN_COUNTRY_STORAGE_ENABLED', data_localization_region: region };
  completeMigration(call, number);
  return SUCCESS;
}

/** The backup of an On-Premises client stands for a code (meta/onboarding.md §9). */
function requireBackup(call: GraphCall, number: PhoneNumber): void {
  const backup = structure(call, 'backup');
  if (!isObject(backup)) return;
  if (readBackup(backup.password, backup.data) !== number.digits)
    throw badParameter('backup: the data is not that of this number, or the password does not fit.');
  number.codeVerificationStatus = 'VERIFIED';
}

/** A number that moved leaves its old account at registration (meta/onboarding.md §6). */
function completeMigration(call: GraphCall, number: PhoneNumber): void {
  const { world } = call;
  if (number.migratesFrom === undefined) return;
  const source = world.get('phone_number', number.migratesFrom);
  number.migratesFrom = undefined;
  world.phoneByDigits.set(number.digits, number);
  if (!source) return;
  source.registered = false;
  source.status = 'MIGRATED';
}

export function deregister(call: GraphCall): Json {
  const number = phoneNumberOf(call);
  if (number.onBusinessApp)
    throw badParameter('A number that is also in the WhatsApp Business app is disconnected in the app.');
  if (!number.registered)
    throw new GraphError(133010, 'The phone number is not registered.', {
      message: '(#133010) Account not registered',
    });
  countRegistration(call, number);
  number.onPremises = undefined;
  number.registered = false;
  number.status = 'DISCONNECTED';
  return SUCCESS;
}

/** Sends a verification code; the control call for the number shows what it says. */
export function requestCode(call: GraphCall): Json {
  const { world } = call;
  const number = phoneNumberOf(call);
  const method = requireText(call, 'code_method').toUpperCase();
  if (method !== 'SMS' && method !== 'VOICE') throw badParameter('Param code_method must be one of {SMS, VOICE}.');
  requireText(call, 'language');
  if (number.registered && number.onPremises === undefined)
    throw new GraphError(100, 'The number is registered and needs no code.', {
      subcode: 2388091,
      message: 'Invalid parameter',
      userTitle: 'Not eligible to receive a registration code',
    });
  const now = world.now();
  number.codesRequested = number.codesRequested.filter((at) => at > now - 12 * HOUR);
  if (number.codesRequested.length >= 10) throw new GraphError(136024, 'Too many codes were requested; wait 12 hours.');
  number.codesRequested.push(now);
  number.code = { value: String(randomInt(100_000, 1_000_000)), expiresAt: now + 10 * 60_000, wrong: 0 };
  return SUCCESS;
}

export function verifyCode(call: GraphCall): Json {
  const number = phoneNumberOf(call);
  const given = requireText(call, 'code');
  const { code } = number;
  const refuse = (details: string) => new GraphError(136025, details);
  if (!code) throw refuse('Request a code first.');
  if (code.expiresAt <= call.world.now()) throw refuse('The code has expired; request another.');
  if (code.wrong >= 5) throw refuse('Too many wrong codes; request another.');
  if (given !== code.value) {
    code.wrong++;
    throw refuse('The code is wrong.');
  }
  number.code = undefined;
  number.codeVerificationStatus = 'VERIFIED';
  return SUCCESS;
}

const PROFILE = ['about', 'address', 'description', 'email', 'profile_picture_url', 'websites', 'vertical'];

export function getProfile(call: GraphCall): Json {
  const number = phoneNumberOf(call);
  const all: Json = { messaging_product: 'whatsapp', ...number.profile };
  const asked = parseFields(call.params.fields) ?? PROFILE;
  return {
    data: [
      Object.fromEntries(
        ['messaging_product', ...asked].filter((name) => all[name] !== undefined).map((name) => [name, all[name]]),
      ),
    ],
  };
}

export function setProfile(call: GraphCall): Json {
  const number = phoneNumberOf(call);
  const { about, websites } = call.params;
  // about 139, address 256, description 512, email 128 characters, two websites (Graph reference of the profile).
  for (const [name, max] of [
    ['about', 139],
    ['address', 256],
    ['description', 512],
    ['email', 128],
  ] as const) {
    if (String(call.params[name] ?? '').length > max)
      throw badParameter(`Param ${name} must be at most ${max} characters long.`);
  }
  if (about === '') throw badParameter('Param about must not be empty.');
  if (Array.isArray(websites) && websites.length > 2) throw badParameter('Param websites takes at most 2 addresses.');
  for (const name of [...PROFILE, 'profile_picture_handle']) {
    if (call.params[name] !== undefined) number.profile[name] = call.params[name];
  }
  if (number.profile.profile_picture_handle !== undefined) {
    number.profile.profile_picture_url = `${call.baseUrl}/sandbox-picture/${number.id}`;
    delete number.profile.profile_picture_handle;
  }
  return SUCCESS;
}

export function sendMessage(call: GraphCall): Json {
  return call.meta.sender.send(phoneNumberOf(call), call.body, call.path);
}

/** Marketing Messages API: marketing templates only (meta/messages.md §4, OpenAPI v23.0). */
export function sendMarketingMessage(call: GraphCall): Json {
  const number = phoneNumberOf(call);
  if (!isObject(call.body) || call.body.type !== 'template')
    throw new GraphError(131055, 'Only marketing templates are sent here.');
  const { product_policy: policy, message_activity_sharing: sharing } = call.body;
  if (policy !== undefined && policy !== 'CLOUD_API_FALLBACK' && policy !== 'STRICT')
    throw badParameter('Param product_policy must be one of {CLOUD_API_FALLBACK, STRICT}.');
  if (sharing !== undefined && typeof sharing !== 'boolean')
    throw badParameter('Param message_activity_sharing must be a boolean.');
  return call.meta.sender.send(number, call.body, call.path);
}

/** Coexistence: contacts and history are each asked for once, within 24 h of onboarding (meta/onboarding.md §2). */
export function syncBusinessApp(call: GraphCall): Json {
  const number = phoneNumberOf(call);
  const kind = requireText(call, 'sync_type');
  if (kind !== 'smb_app_state_sync' && kind !== 'history')
    throw badParameter('Param sync_type must be one of {smb_app_state_sync, history}.');
  if (!number.onBusinessApp) throw badParameter('The number is not in the WhatsApp Business app.');
  if (call.world.now() > number.onboardedAt + 24 * HOUR)
    throw new GraphError(2593108, 'Sync requests are taken within 24 hours of onboarding.');
  if (number.syncsDone.has(kind)) throw new GraphError(2593107, `${kind} was already requested.`);
  number.syncsDone.add(kind);
  const { emitter } = call.meta;
  if (kind === 'smb_app_state_sync') {
    emitter.numberField(number, 'smb_app_state_sync', {
      state_sync: [
        {
          type: 'contact',
          contact: { full_name: 'Ada Sample', first_name: 'Ada', phone_number: '15550002222' },
          action: 'add',
          metadata: { timestamp: String(Math.floor(call.world.now() / 1000)) },
        },
      ],
    });
  } else {
    emitter.numberField(number, 'history', {
      history: [{ metadata: { phase: 0, chunk_order: 1, progress: 100 }, threads: [] }],
    });
  }
  return { messaging_product: 'whatsapp', request_id: call.world.ids.trace() };
}

export const getSettings = (call: GraphCall): Json => {
  const number = phoneNumberOf(call);
  return { storage_configuration: { status: 'DEFAULT' }, ...number.settings, id: number.id };
};

export function setSettings(call: GraphCall): Json {
  const number = phoneNumberOf(call);
  if (isObject(call.body)) Object.assign(number.settings, call.body);
  return SUCCESS;
}

export function blockedUsers(call: GraphCall): Json {
  const number = phoneNumberOf(call);
  return {
    data: Array.from(number.blocked, (waId) => ({ messaging_product: 'whatsapp', wa_id: waId })),
    paging: { cursors: {} },
  };
}

/** Blocks or unblocks; only those who wrote in the last 24 h can be blocked (meta/messages.md §5). */
export function changeBlockedUsers(call: GraphCall): Json {
  const number = phoneNumberOf(call);
  const users = structure(call, 'block_users');
  if (!Array.isArray(users) || !users.length) throw missing('block_users');
  const done: Json[] = [];
  const failed: Json[] = [];
  for (const { user } of users as { user?: unknown }[]) {
    const waId = String(user ?? '').replace(/\D/g, '');
    const wrote = call.world.pair(number.id, waId).windowUntil > call.world.now();
    if (call.method === 'POST' && !wrote) {
      failed.push({
        input: user,
        wa_id: waId,
        errors: [
          {
            message: 'Re-engagement required',
            code: 131047,
            error_data: { details: 'The user has not written in the last 24 hours.' },
          },
        ],
      });
      continue;
    }
    if (call.method === 'POST') number.blocked.add(waId);
    else number.blocked.delete(waId);
    done.push({ input: user, wa_id: waId });
  }
  const key = call.method === 'POST' ? 'added_users' : 'removed_users';
  const answer = {
    messaging_product: 'whatsapp',
    block_users: { [key]: done, ...(failed.length && { failed_users: failed }) },
  };
  if (!failed.length) return answer;
  throw Object.assign(new GraphError(139100, 'Some users could not be blocked.'), { extra: answer });
}

/** QR codes and short links, in a simple form: the image is not drawn. */
export function qrCodes(call: GraphCall): Json {
  const number = phoneNumberOf(call);
  const code = call.segments[2];
  if (call.method === 'GET') {
    if (code === undefined) return { data: [...number.qrCodes.values()] };
    const one = number.qrCodes.get(code);
    if (!one) throw noSuchObject(code);
    return { data: [one] };
  }
  if (call.method === 'DELETE') {
    const doomed = code ?? requireText(call, 'code');
    if (!number.qrCodes.delete(doomed)) throw noSuchObject(doomed);
    return SUCCESS;
  }
  const message = requireText(call, 'prefilled_message');
  if (message.length > 140) throw badParameter('prefilled_message has at most 140 characters.');
  const id = code ?? text(call, 'code') ?? call.world.ids.token('').slice(0, 14).toUpperCase();
  const format = text(call, 'generate_qr_image');
  const one = {
    code: id,
    prefilled_message: message,
    deep_link_url: `https://wa.me/message/${id}`,
    ...(format && { qr_image_url: `${call.baseUrl}/sandbox-qr/${id}.${format.toLowerCase()}` }),
  };
  number.qrCodes.set(id, one);
  return one;
}
