import { randomInt } from 'node:crypto';
import type { PhoneNumber } from '../state/records.js';
import { makeBackup, readBackup } from './backup.js';
import { bad, missing, OnPremisesError } from './on-premises-error.js';
import type { V1Call, V1Route } from './v1-route.js';

const CODE_LIVES_MS = 10 * 60_000;
const PIN = /^\d{6}$/;

/** Registration, its code, and what proves it elsewhere. */
export const ACCOUNT_ROUTES: readonly V1Route[] = [
  { method: 'POST', path: '/account', access: 'admin', handle: register },
  { method: 'POST', path: '/account/verify', access: 'admin', handle: verify },
  { method: 'POST', path: '/account/shards', access: 'admin', handle: setShards },
  {
    method: 'POST',
    path: '/settings/account/two-step',
    access: 'admin',
    handle: ({ client, body }) => {
      if (typeof body.pin !== 'string' || !PIN.test(body.pin)) throw bad('pin must have 6 digits');
      client.requireNumber().pin = body.pin;
      return {};
    },
  },
  {
    method: 'DELETE',
    path: '/settings/account/two-step',
    access: 'admin',
    handle: ({ client }) => {
      client.requireNumber().pin = undefined;
      return {};
    },
  },
  {
    method: 'POST',
    path: '/settings/backup',
    access: 'admin',
    handle: ({ client, body }) => {
      if (typeof body.password !== 'string' || !body.password) throw missing('password');
      return { settings: { data: makeBackup(client.requireNumber(), body.password) } };
    },
  },
  {
    method: 'POST',
    path: '/settings/restore',
    access: 'admin',
    handle: ({ client, world, body }) => {
      const number = world.phoneByDigits.get(readBackup(body.password, body.data) ?? '');
      if (!number) throw bad('The backup and its password do not fit.');
      client.bind(number);
      return {};
    },
  },
];

/** Meta registers nobody since the product ended on 2025-10-23; a setting brings the time before back. */
function register(call: V1Call): Record<string, unknown> {
  const { client, world, body } = call;
  if (!world.settings.on_premises_registration)
    throw new OnPremisesError(1005, 'Unknown error: biz_link_on_prem_reg_blocked', 403);
  const number = namedNumber(call);
  if (body.method !== 'sms' && body.method !== 'voice') throw bad('method must be sms or voice');
  if (typeof body.cert !== 'string' || !body.cert) throw missing('cert');
  if (!/^[A-Za-z0-9+/]+=*$/.test(body.cert)) throw bad('cert must be base64');
  requirePin(number, body.pin);
  if (client.number() === number && number.onPremises === client.name) {
    call.status(201);
    return {};
  }
  number.code = { value: String(randomInt(100_000, 1_000_000)), expiresAt: world.now() + CODE_LIVES_MS, wrong: 0 };
  client.registering = number.id;
  call.status(202);
  return { account: [{ vname: number.verifiedName }] };
}

function verify({ client, world, body, status }: V1Call): Record<string, unknown> {
  const number = world.get('phone_number', client.registering);
  const code = number?.code;
  if (!number || !code || code.expiresAt <= world.now() || code.wrong >= 5)
    throw new OnPremisesError(1005, 'There is no code to verify; request another.');
  if (body.code !== code.value) {
    code.wrong++;
    throw bad('The code is wrong.');
  }
  number.code = undefined;
  number.codeVerificationStatus = 'VERIFIED';
  client.registering = undefined;
  client.bind(number);
  status(201);
  return {};
}

/** Only kept and shown: how the work is spread cannot be seen from outside. */
function setShards(call: V1Call): Record<string, unknown> {
  const { client, body, status } = call;
  const number = namedNumber(call);
  if (client.number() !== number) throw new OnPremisesError(1011, 'The number is not registered here.', 503);
  requirePin(number, body.pin);
  if (!Number.isInteger(body.shards) || Number(body.shards) < 1 || Number(body.shards) > 32)
    throw bad('shards must be a number from 1 to 32');
  client.shards = Number(body.shards);
  status(201);
  return {};
}

function namedNumber({ world, body }: V1Call): PhoneNumber {
  for (const name of ['cc', 'phone_number'])
    if (typeof body[name] !== 'string' || !/^\d+$/.test(body[name] as string)) throw missing(name);
  const number = world.phoneByDigits.get(`${body.cc}${body.phone_number}`);
  if (!number) throw bad('The number belongs to no account.');
  return number;
}

function requirePin(number: PhoneNumber, pin: unknown): void {
  if (number.pin === undefined) return;
  if (pin === undefined) throw missing('pin');
  if (pin !== number.pin) throw bad('The pin is not that of the number.');
}
