import { Refusal } from '#libs/http';
import type { TenantUser } from '#libs/tenants';

/**
 * What acts on others, or would lock out whoever the address belongs to, waits until its letter has come back.
 *
 * @throws Refusal for a person whose address nobody has proven
 */
export function requireConfirmed(person: Pick<TenantUser, 'emailConfirmedAt'> | null): void {
  if (person?.emailConfirmedAt) return;
  throw new Refusal(
    403,
    'email_unconfirmed',
    'Confirm your own e-mail address first, by the link of the letter that was sent to it. POST /api/v1/email/confirmation sends it again.',
  );
}
