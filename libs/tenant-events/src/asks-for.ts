/**
 * SQL: whether an endpoint asks for an event, by its filter and by 360dialog's order, in which the webhook of a number
 * stands before that of its WABA (360dialog, webhook set-up: the number's is the strongest). `messages` in a filter is
 * Meta's whole field of that name, which is told apart here: `message`, `status`, and errors of the number.
 *
 * @param endpoint alias of a row of `webhook_endpoints`
 * @param event    alias of a row that has `kind`, `waba_id` and `phone_number_id`
 */
export const asksFor = (endpoint: string, event: string): string =>
  `(${endpoint}.kinds IS NULL OR ${event}.kind = ANY (${endpoint}.kinds)
        OR (${event}.kind IN ('message', 'status') AND 'messages' = ANY (${endpoint}.kinds)))
   AND (${endpoint}.waba_id IS NULL OR ${endpoint}.waba_id = ${event}.waba_id)
   AND (${endpoint}.phone_number_id IS NULL OR ${endpoint}.phone_number_id = ${event}.phone_number_id)
   AND NOT (${endpoint}.managed_by = 'd360' AND ${endpoint}.phone_number_id IS NULL AND EXISTS (
         SELECT FROM webhook_endpoints n WHERE n.tenant_id = ${endpoint}.tenant_id AND n.managed_by = 'd360' AND n.enabled
            AND n.phone_number_id = ${event}.phone_number_id))`;
