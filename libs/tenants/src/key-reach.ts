import type { FastifyRequest } from 'fastify';
import { Refusal } from '#libs/http';
import type { Database } from '#libs/persistence';
import type { Caller, KeyReach } from './api-key-authenticator.js';
import { boundOf } from './native-bounds.js';

type Asked = Pick<FastifyRequest, 'method' | 'params' | 'query' | 'body' | 'routeOptions'>;
type Named = Record<string, unknown> | undefined;
const NAMES = ['phoneNumberId', 'phone_number_id', 'wabaId', 'waba_id'] as const;
const PLACES = ['params', 'query', 'body'] as const;
const PLACE_TEXTS = { params: 'path', query: 'query', body: 'body' } as const;
/**
 * The routes of the facades that set, or show with its secret headers, where the events of all numbers of an account go: closed
 * to a key for one number.
 */
const WEBHOOK_OF_ACCOUNT = /^((POST|DELETE) \/:wabaId\/subscribed_apps|\w+ \/waba_webhook)$/;
const textOf = (value: unknown): string | undefined =>
  typeof value === 'string' || typeof value === 'number' ? String(value) : undefined;

const beyondReach = (): Refusal =>
  Refusal.forbidden('This API key is for another number or account. Name one that it reaches.');

const ofMoreThan = ({ phoneNumberId }: KeyReach): Refusal =>
  Refusal.forbidden(
    `This belongs to more than the ${phoneNumberId ? 'number' : 'account'} that this API key is for. Use a key without that limit.`,
  );

/** Whose something is, in our ids; without a number, the account's. */
interface Owner {
  wabaId: string;
  phoneNumberId?: string;
}

/** Whether the caller's key reaches what is somebody's; who calls without such a limit reaches all of the tenant. */
export function reaches({ only }: Caller, owner: Owner): boolean {
  if (!only) return true;
  const { phoneNumberId = only.phoneNumberId } = owner;
  return owner.wabaId === only.wabaId && (only.phoneNumberId ?? phoneNumberId) === phoneNumberId;
}

/**
 * Refuses a key for one account or number what belongs to another. The guard knows numbers and accounts by their ids; whose
 * a template or a message is, is known once it is read.
 *
 * @throws Refusal
 */
export function requireReach(caller: Caller, owner: Owner): void {
  if (!reaches(caller, owner)) throw beyondReach();
}

/**
 * Keeps a key for one account or number within it. Whatever a call names in its path, query or body must be in reach; and
 * a native route must be bounded by what it names, or by its handler (`native-bounds.ts`). On the routes of old facades that
 * name no number, the key's own is meant.
 *
 * @throws Refusal
 */
export async function requireWithin(db: Database, tenantId: string, only: KeyReach, request: Asked): Promise<void> {
  const ours = new Set([...only.metaIds, only.wabaId, ...(only.phoneNumberId ? [only.phoneNumberId] : [])]);
  const named = PLACES.flatMap((place) => NAMES.flatMap((name) => textOf((request[place] as Named)?.[name]) ?? []));
  if (named.some((id) => !ours.has(id))) throw beyondReach();
  const route = request.routeOptions.url ?? '';
  if (route.startsWith('/api/')) return requireBound(request, route, only, ours);
  if (only.phoneNumberId && WEBHOOK_OF_ACCOUNT.test(`${request.method} ${route}`)) throw ofMoreThan(only);
  const { id } = (request.params ?? {}) as { id?: string };
  // Another number or account of the tenant is out of reach. Whose a template or message is, `requireReach` is asked; a
  // file is nobody's number.
  if (id !== undefined && !ours.has(id) && (await isNumberOrAccount(db, tenantId, id))) throw beyondReach();
}

function requireBound(request: Asked, route: string, only: KeyReach, ours: ReadonlySet<string>): void {
  const bound = boundOf(request.method, route);
  if (bound === 'asks' || bound === 'same') return;
  if (bound === undefined || (bound.account && only.phoneNumberId)) {
    throw ofMoreThan(only);
  }
  const id = textOf((request[bound.in] as Named)?.[bound.name]);
  if (id === undefined) {
    throw Refusal.forbidden(
      `This API key is for one ${only.phoneNumberId ? 'number' : 'account'}: name it as ${bound.name} in the ${PLACE_TEXTS[bound.in]}.`,
    );
  }
  if (!ours.has(id)) throw beyondReach();
}

async function isNumberOrAccount(db: Database, tenantId: string, id: string): Promise<boolean> {
  const found = await db.inTenant(tenantId, (tx) =>
    tx.query(
      `SELECT 1 FROM meta_routes WHERE tenant_id = $1 AND (meta_id = $2 OR object_id::text = $2)
          AND kind IN ('waba', 'phone_number')`,
      [tenantId, id],
    ),
  );
  return found.length > 0;
}
