import { Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { Database } from '#libs/persistence';
import type { Caller } from '#libs/tenants';
import { isRegistered, type PhoneNumber, type Waba, Wabas } from '#libs/wabas';
import { Remembered } from '../channels/remembered.js';
import { refuse, unknownObject } from '../graph-envelope/refuse.js';
import { OnPremisesClients } from '../on-premises/on-premises-clients.js';

/** A number with its account. */
export interface ChosenNumber {
  number: PhoneNumber;
  waba: Waba;
  /** Whether an On-Premises client carries it. */
  onPremises: boolean;
}

// As long as a process acts on a number as it was anywhere else here.
const REMEMBER_MS = 2_000;
const HEADER = 'x-phone-number-id';
const MOST_NAMED = 10;

/** A key for one number or account means it alone. */
const isWithin = ({ number }: ChosenNumber, { only }: Caller): boolean =>
  !only || (only.phoneNumberId ? number.phoneNumberId === only.phoneNumberId : number.wabaId === only.wabaId);

/**
 * Finds the number that a call of 360dialog's API is about. There a key belongs to one number; ours belongs to a tenant,
 * so it is the tenant's only live number, or the one that the call names: by the header `X-Phone-Number-Id`, by the
 * parameter `phone_number_id`, or by a base URL that ends in its id.
 */
@Injectable()
export class ChooseNumber {
  private readonly known = new Remembered<ChosenNumber[]>(REMEMBER_MS, (all) => all.some(isLive));

  constructor(
    private readonly db: Database,
    private readonly wabas: Wabas,
    private readonly clients: OnPremisesClients,
  ) {}

  /** @throws Refusal that names the numbers when there are several and none is named; or when there is none */
  async of(caller: Caller, request: Pick<FastifyRequest, 'headers' | 'query'>): Promise<ChosenNumber> {
    const known = (await this.known.get(caller.tenantId, () => this.load(caller.tenantId))) ?? [];
    const all = known.filter((one) => isWithin(one, caller));
    const asked = request.headers[HEADER] ?? (request.query as Record<string, unknown> | undefined)?.phone_number_id;
    if (typeof asked === 'string' && asked !== '') {
      const named = all.find(({ number }) => number.metaPhoneNumberId === asked);
      if (!named) throw unknownObject(asked);
      return named;
    }
    const live = all.filter(isLive);
    const candidates = live.length > 0 ? live : all;
    const [only] = candidates;
    if (!only) throw refuse('number_not_registered', 'There is no number yet. Connect one in the onboarding app.');
    if (candidates.length === 1) return only;
    const names = candidates
      .slice(0, MOST_NAMED)
      .map(({ number }) => `${number.metaPhoneNumberId} (${number.displayPhoneNumber})`);
    throw refuse(
      'missing_parameter',
      `This key has ${candidates.length} numbers: ${names.join(', ')}${candidates.length > MOST_NAMED ? ', …' : ''}. ` +
        'Name one by the header X-Phone-Number-Id, the parameter phone_number_id, or its id at the end of the base URL.',
    );
  }

  private load(tenantId: string): Promise<ChosenNumber[]> {
    return this.db.inTenant(tenantId, async (tx) => {
      const wabas = new Map((await this.wabas.wabas(tx, tenantId)).map((waba) => [waba.wabaId, waba]));
      const carried = await this.clients.carried(tx, tenantId);
      return (await this.wabas.phoneNumbers(tx, tenantId)).flatMap((number) => {
        const waba = wabas.get(number.wabaId);
        return waba ? [{ number, waba, onPremises: carried.has(number.phoneNumberId) }] : [];
      });
    });
  }
}

const isLive = ({ number, waba, onPremises }: ChosenNumber): boolean =>
  isRegistered(number.status) && (onPremises || waba.sealedToken !== null);
