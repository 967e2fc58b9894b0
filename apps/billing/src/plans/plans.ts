import { Injectable } from '@nestjs/common';
import type { Tx } from '#libs/persistence';
import { PASS_THROUGH, type Plan } from './plan.js';

/** Which plan a tenant is on. Every tenant is on pass-through. */
@Injectable()
export class Plans {
  async planOf(_tx: Tx, _tenantId: string): Promise<Plan> {
    return PASS_THROUGH;
  }
}
