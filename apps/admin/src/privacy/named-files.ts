/** Their ids stand anywhere: in a header, a parameter, a card. Quotes that people write are escaped, so what they say has none. */
const ID = `'"id"\\s*:\\s*"?([^"\\s,{}]+)'`;

/** A query of every id that JSON names, of files and of others. As text: it need not be such that `jsonb` takes it. */
export const idsIn = (json: string): string => `SELECT (regexp_matches(${json}::text, ${ID}, 'g'))[1] AS id`;

/**
 * What stays of a body: which of the tenant's files it names, so that they are found when its customer is forgotten.
 *
 * @param table of which `payload` is the body
 */
export const onlyFiles = (table: string): string => `coalesce((
  SELECT json_build_object('files', json_agg(json_build_object('id', named.id) ORDER BY named.id))
    FROM (SELECT DISTINCT f.media_id AS id FROM (${idsIn(`${table}.payload`)}) AS i
            JOIN media f ON f.tenant_id = ${table}.tenant_id AND f.media_id = i.id) AS named
  HAVING count(*) > 0), '{}')`;

/** That a body says nothing (any more): it is as `onlyFiles` leaves it. */
export const saysNothing = (json: string): string => `${json}::text ~ '^\\{("files" : \\[[^][]*\\])?\\}$'`;
