import { isRegistered } from '#libs/wabas';

/** Where a number is on its way to the Cloud API. */
export type NumberState =
  | 'added' // Meta has it on the account's list
  | 'code-sent'
  | 'verified'
  | 'live' // registered: it sends and receives
  | 'off' // deregistered: it keeps its history and may be registered again
  | 'coexisting' // live beside the WhatsApp Business app, which alone can end that
  | 'moved-away' // another provider has it now
  | 'released'; // given up here

export type NumberCommand = 'request-code' | 'verify' | 'register' | 'deregister' | 'rename' | 'set-pin' | 'release';

/** Which command may be given in which state, and where it leads when Meta agrees. What is not named is refused. */
const COMMANDS: Readonly<Record<NumberState, Partial<Record<NumberCommand, NumberState>>>> = {
  added: { 'request-code': 'code-sent', rename: 'added', release: 'released' },
  'code-sent': { 'request-code': 'code-sent', verify: 'verified', rename: 'code-sent', release: 'released' },
  verified: { register: 'live', rename: 'verified', release: 'released' },
  live: { register: 'live', deregister: 'off', rename: 'live', 'set-pin': 'live', release: 'released' },
  off: { 'request-code': 'code-sent', register: 'live', rename: 'off', release: 'released' },
  coexisting: { rename: 'coexisting' },
  'moved-away': { release: 'released' },
  released: {},
};

/**
 * What a number of the WhatsApp Business app is not asked for, connected or not: Meta takes such numbers by embedded signup
 * alone, and registering one with a PIN, or taking it off, would end its place in the app (Meta, coexistence, 2025-11).
 */
const NOT_BESIDE_THE_APP: ReadonlySet<NumberCommand> = new Set(['request-code', 'register', 'deregister']);

/** Why a command is refused in a state, where that is not plain. */
const WHY: Partial<Record<`${NumberState} ${NumberCommand}`, string>> = {
  'added verify': 'Ask for a code first.',
  'added register': 'Verify the number first: ask for a code and enter it.',
  'code-sent register': 'Enter the code first.',
  'verified request-code': 'The number is verified already; register it.',
  'verified verify': 'The number is verified already; register it.',
  'live request-code': 'The number is live and needs no code.',
  'coexisting deregister': 'End the connection in the WhatsApp Business app: Settings, Account, Business Platform.',
  'coexisting register': 'A number that stays in the WhatsApp Business app is not registered.',
  'coexisting release': 'End the connection in the WhatsApp Business app first.',
};

/** @param coexistence whether the number is in the WhatsApp Business app as well @returns undefined where it is refused */
export const leadsTo = (state: NumberState, command: NumberCommand, coexistence = false): NumberState | undefined =>
  coexistence && NOT_BESIDE_THE_APP.has(command) ? undefined : COMMANDS[state][command];

export function whyNot(state: NumberState, command: NumberCommand, coexistence = false): string {
  const known = WHY[`${state} ${command}`];
  if (coexistence && state !== 'coexisting' && NOT_BESIDE_THE_APP.has(command)) {
    return 'This number is in the WhatsApp Business app. Connect it again in Meta’s dialog (embedded signup), not with a code or PIN.';
  }
  return known ?? `A number that is ${state.replace('-', ' ')} takes no such command.`;
}

/**
 * What Meta shows decides over what we did: a number may be registered, moved or banned without us.
 *
 * @param seen as Graph shows it
 */
export function stateSeen(
  held: NumberState | undefined,
  seen: { status: string; coexistence: boolean; codeStatus: string | null },
): NumberState {
  if (held === 'released' || seen.status === 'DELETED') return 'released';
  if (seen.status === 'MIGRATED') return 'moved-away';
  if (isRegistered(seen.status)) return seen.coexistence ? 'coexisting' : 'live';
  if (held === 'live' || held === 'coexisting' || (held === undefined && seen.status === 'DISCONNECTED')) return 'off';
  if (held === 'off') return 'off';
  if (seen.codeStatus === 'VERIFIED') return 'verified';
  return held === 'verified' ? 'added' : (held ?? 'added');
}

/** Where Meta can keep a number's data at rest (registration page, 2025-11-04). */
export const DATA_REGIONS = [
  'AU',
  'ID',
  'IN',
  'JP',
  'SG',
  'KR',
  'DE',
  'CH',
  'GB',
  'BR',
  'BH',
  'ZA',
  'AE',
  'CA',
] as const;
