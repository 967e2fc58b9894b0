import { Injectable } from '@nestjs/common';
import { Database } from '#libs/persistence';
import type { StaffRole } from './permissions.js';

export interface StaffMember {
  staffId: string;
  email: string;
  role: StaffRole;
}

/** Asks, through a door, who a session is of: every app with staff routes may, and none sees more of an account. */
@Injectable()
export class StaffDesk {
  constructor(private readonly db: Database) {}

  /** @returns the account behind a session, or undefined when it is gone or disabled */
  async find(staffId: string): Promise<StaffMember | undefined> {
    const [member] = await this.db.query<StaffMember>(
      'SELECT staff_id AS "staffId", email, role FROM door_staff_member($1)',
      [staffId],
    );
    return member;
  }
}
