import { loadConfig } from '#libs/config';
import { AddressGuard } from '#libs/outgoing-calls';

/**
 * Judges where On-Premises clients of tenants may be. The address comes from a tenant, and we would call it from inside the
 * provider's network; so private addresses are refused unless the operator names their network, as for webhooks. A setting
 * of its own, because a client often is on a private network where no tenant's webhook has any business.
 */
export class ClientAddresses extends AddressGuard {
  static ofSettings(): ClientAddresses {
    return new ClientAddresses(loadConfig(['ON_PREMISES_ALLOWED_NETWORKS']).ON_PREMISES_ALLOWED_NETWORKS);
  }
}
