import { Inject, Injectable } from '@nestjs/common';
import { CLOCK, type Clock } from '#libs/clock';
import { Database } from '#libs/persistence';
import type { StaffRole } from './permissions.js';

/** How it was proved who signs in; an identity provider answers for its own second factor. */
export type SignInWay = 'password' | 'second-factor' | 'oidc';

export interface StaffMember {
  staffId: string;
  email: string;
  role: StaffRole;
  way: SignInWay;
}

/** Asks, through a door, who a session is of: every app with staff routes may, and none sees more of an account. */
@Injectable()
export class StaffDesk {
  constructor(
    private readonly db: Database,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** @returns the account behind a session; undefined when either has ended */
  async find(sessionId: string): Promise<StaffMember | undefined> {
    const [member] = await this.db.query<StaffMember>(
      'SELECT staff_id AS "staffId", email, role, way FROM door_staff_session($1, $2)',
      [sessionId, this.clock.now()],
    );
    return member;
  }
}
