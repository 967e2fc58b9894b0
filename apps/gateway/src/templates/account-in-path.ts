import { Injectable } from '@nestjs/common';
import { Database } from '#libs/persistence';
import { Wabas } from '#libs/wabas';

/** Finds the account that a path names. */
@Injectable()
export class AccountInPath {
  constructor(
    private readonly db: Database,
    private readonly wabas: Wabas,
  ) {}

  /**
   * Clients of 360dialog whose base URL ends in the id of a number ask for `/{number}/message_templates`; its account is
   * meant then.
   *
   * @returns Meta's id of the account, or the id as it came, which may be one or be unknown
   */
  of(tenantId: string, id: string): Promise<string> {
    return this.db.inTenant(tenantId, async (tx) => {
      const number = await this.wabas.phoneNumber(tx, tenantId, { metaPhoneNumberId: id });
      const waba = number && (await this.wabas.waba(tx, tenantId, { wabaId: number.wabaId }));
      return waba?.metaWabaId ?? id;
    });
  }
}
