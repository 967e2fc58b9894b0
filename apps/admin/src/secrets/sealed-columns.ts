/** A column that holds what the vault sealed; null or empty where there is nothing, such as in a letter that was sent. */
export interface SealedColumn {
  readonly table: string;
  readonly column: string;
  /** The column that, with the tenant, names the row. */
  readonly id: string;
  /** What the secret belongs to, as its owner tells the vault. */
  readonly context: (id: string, tenantId: string) => string;
  /** Rows of the provider's own people belong to no tenant. */
  readonly ofProvider?: true;
}

const named =
  (kind: string) =>
  (id: string): string =>
    `${kind}:${id}`;

/** Every one of them; a test holds the list against the columns of the database, another against what the owners seal. */
export const SEALED_COLUMNS: readonly SealedColumn[] = [
  { table: 'wabas', column: 'sealed_token', id: 'waba_id', context: named('waba-token') },
  { table: 'phone_numbers', column: 'sealed_pin', id: 'phone_number_id', context: named('pin') },
  { table: 'signups', column: 'sealed_code', id: 'signup_id', context: named('signup-code') },
  { table: 'signups', column: 'sealed_token', id: 'signup_id', context: named('signup-token') },
  { table: 'letters', column: 'sealed', id: 'letter_id', context: named('letter') },
  { table: 'webhook_endpoints', column: 'sealed_secret', id: 'endpoint_id', context: named('webhook-secret') },
  { table: 'webhook_endpoints', column: 'sealed_previous_secret', id: 'endpoint_id', context: named('webhook-secret') },
  { table: 'webhook_endpoints', column: 'sealed_headers', id: 'endpoint_id', context: named('webhook-headers') },
  { table: 'webhook_signing_secrets', column: 'sealed_secret', id: 'tenant_id', context: named('webhook-signing') },
  { table: 'tenant_users', column: 'sealed_totp', id: 'user_id', context: named('totp') },
  { table: 'staff_users', column: 'sealed_totp', id: 'staff_id', context: named('staff-totp'), ofProvider: true },
  {
    table: 'on_premises_clients',
    column: 'sealed_password',
    id: 'phone_number_id',
    context: named('on-premises-password'),
  },
  {
    table: 'on_premises_clients',
    column: 'sealed_callback_secret',
    id: 'phone_number_id',
    context: named('on-premises-callback'),
  },
  {
    table: 'idempotency_keys',
    column: 'answer',
    id: 'key',
    context: (key, tenantId) => `idempotency:${tenantId}:${key}`,
  },
  { table: 'customer_marks', column: 'sealed_key', id: 'tenant_id', context: named('customer-marks') },
  { table: 'shop_sources', column: 'sealed_secret', id: 'source_id', context: named('shop-secret') },
  { table: 'erasures', column: 'sealed_customer', id: 'erasure_id', context: named('erasure') },
  { table: 'provider_secrets', column: 'sealed', id: 'secret_id', context: named('provider-secret') },
];
