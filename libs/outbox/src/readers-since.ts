/**
 * SQL: the recipients who have read (or played) a message that was accepted since an instant. One walk over the messages of
 * that time, to be joined with, not to be asked for each customer.
 *
 * @param tenant  parameter of the tenant's id
 * @param firstId parameter of the first id of the instant (`firstIdAt`)
 */
export const readersSince = (tenant: string, firstId: string): string =>
  `SELECT m.recipient FROM messages m
    WHERE m.tenant_id = ${tenant} AND m.message_id >= ${firstId} AND m.status IN ('read', 'played')`;
