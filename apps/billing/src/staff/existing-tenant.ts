import { type ArgumentMetadata, Injectable } from '@nestjs/common';
import { Refusal, UuidPipe } from '#libs/http';
import { Database } from '#libs/persistence';
import { Tenants } from '#libs/tenants';

/** The tenant that a staff route names. 404 where there is none: no books are closed and no price is agreed for nobody. */
@Injectable()
export class ExistingTenant extends UuidPipe {
  constructor(
    private readonly db: Database,
    private readonly tenants: Tenants,
  ) {
    super();
  }

  override async transform(value: string, metadata: ArgumentMetadata): Promise<string> {
    const tenantId = String(await super.transform(value, metadata)).toLowerCase();
    const tenant = await this.db.inTenant(tenantId, (tx) => this.tenants.find(tx, tenantId));
    if (!tenant) throw Refusal.notFound('tenant');
    return tenantId;
  }
}
