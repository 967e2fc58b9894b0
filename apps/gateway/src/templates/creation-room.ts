import { Injectable } from '@nestjs/common';
import { Database, type Tx } from '#libs/persistence';
import { CREATION_LIMIT, mayCreate, templateCap } from '#libs/template-state';
import { Templates } from '#libs/templates';
import { type Waba, Wabas } from '#libs/wabas';
import { refuse } from '../graph-envelope/refuse.js';

/** Refuses what Meta would refuse by our own count: names that rest, creations of the hour, more templates than allowed. */
@Injectable()
export class CreationRoom {
  constructor(
    private readonly db: Database,
    private readonly wabas: Wabas,
    private readonly templates: Templates,
  ) {}

  /** @throws Refusal with the time from which on it may be tried again, if waiting helps */
  async require(waba: Waba, { name, language }: { name: string; language: string }, now: Date): Promise<void> {
    const { tenantId, wabaId } = waba;
    const since = new Date(now.getTime() - CREATION_LIMIT.withinMs);
    const { known, count, cap, creations } = await this.db.inTenant(tenantId, async (tx) => ({
      known: await this.templates.find(tx, tenantId, { wabaId, name, language }),
      count: await this.templates.count(tx, tenantId, wabaId),
      cap: await this.capOf(tx, waba),
      creations: await this.templates.creationsSince(tx, tenantId, wabaId, since),
    }));
    if (known?.status === 'deleted' && known.reservedUntil && known.reservedUntil > now) {
      throw refuse(
        'template_name_reserved',
        `name: ${name} in ${language} was deleted while it was approved, so Meta blocks the name until ` +
          `${known.reservedUntil.toISOString()}. Choose another name.`,
      );
    }
    if (count >= cap) {
      throw refuse(
        'template_limit',
        `This account has ${count} templates and Meta allows ${cap}. Delete some first` +
          (cap < LARGEST_CAP ? ', or have Meta verify the business and approve the name of a number.' : '.'),
      );
    }
    const allowance = mayCreate(creations, now);
    if (allowance.allowed) return;
    const roomAt = allowance.retryAt ?? now;
    throw refuse(
      'too_many_calls',
      `Meta allows ${CREATION_LIMIT.count} new templates an hour for each account. There is room at ` +
        `${roomAt.toISOString()}.`,
      Math.max(1, Math.ceil((roomAt.getTime() - now.getTime()) / 1_000)),
    );
  }

  /** What was never read at Meta is no reason to refuse: Meta decides then. */
  private async capOf(tx: Tx, { tenantId, portfolioId, verificationStatus }: Waba): Promise<number> {
    const accounts = (await this.wabas.wabas(tx, tenantId)).filter((w) => w.portfolioId === portfolioId);
    const ids = new Set(accounts.map((w) => w.wabaId));
    const numbers = (await this.wabas.phoneNumbers(tx, tenantId)).filter((n) => ids.has(n.wabaId));
    return templateCap({
      verified: (verificationStatus ?? 'verified') === 'verified',
      approvedDisplayName: numbers.length === 0 || numbers.some((n) => (n.nameStatus ?? 'APPROVED') === 'APPROVED'),
    });
  }
}

const LARGEST_CAP = templateCap({ verified: true, approvedDisplayName: true });
