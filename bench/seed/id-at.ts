/** SQL for a UUIDv7 of an instant that SQL gives; the rest of it is random. */
export const idAt = (instant: string): string =>
  `(lpad(to_hex((extract(epoch FROM ${instant}) * 1000)::bigint), 12, '0') || '7' || substr(gen_random_uuid()::text, 1, 3) ||
    '8' || substr(replace(gen_random_uuid()::text, '-', ''), 18, 15))::uuid`;
