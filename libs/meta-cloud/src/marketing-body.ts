/**
 * The product policy of a body for Meta's Marketing Messages API (Meta's OpenAPI v23.0, 2025-11), by which such a body is
 * known: no other has one. Undefined for a body that goes to `/messages`.
 */
export function productPolicyOf(body: string): string | undefined {
  // Nearly no message has one, and reading JSON costs more than the rest of a call.
  if (!body.includes('"product_policy":')) return undefined;
  const { product_policy: policy } = JSON.parse(body) as { product_policy?: unknown };
  return typeof policy === 'string' && policy !== '' ? policy : undefined;
}

/** The same message for `/messages`. */
export function withoutProductPolicy(body: string): string {
  const { product_policy: _, message_activity_sharing: __, ...rest } = JSON.parse(body);
  return JSON.stringify(rest);
}
