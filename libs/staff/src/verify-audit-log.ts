import type { Tx } from '#libs/persistence';
import type { Vault } from '#libs/vault';
import { type ChainedEntry, chainHash, HEAD_CONTEXT, headText } from './audit-chain.js';

const BATCH = 1_000;

/** What the chain was begun with: the same statement as in the migration that began it. */
const BEFORE_THE_CHAIN = `
  SELECT sha256(convert_to(coalesce(string_agg(jsonb_build_array(entry_id, extract(epoch FROM at), staff_id, who, action,
           object, tenant_id, before, after, reason, host(from_address), request_id)::text, E'\\n' ORDER BY entry_id), ''),
           'UTF8')) AS hash, count(*)::int AS entries
    FROM audit_log WHERE seq IS NULL`;

const ENTRIES = `
  SELECT seq::text AS seq, entry_id AS "entryId",
         to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS at, staff_id AS "staffId", who, action, object,
         tenant_id AS "tenantId", before::text AS before, after::text AS after, reason,
         host(from_address) AS "fromAddress", request_id AS "requestId", user_agent AS "userAgent",
         session_id AS "sessionId", hash
    FROM audit_log WHERE seq > $1 ORDER BY audit_log.seq LIMIT ${BATCH}`;

export interface AuditVerdict {
  /** How many entries were found unbroken from the first on. */
  entries: number;
  /** How many there are from before the chain, checked as one. */
  older: number;
  /** The end of what was found unbroken, to be kept outside the database and given as `expected` another day. */
  head: string;
  /** The first thing that is wrong, in words that name the entry. Absent: nothing is. */
  broken?: string;
}

/** The end of the log as it is noted, as `57:9f86d081…`, without looking whether it is true. */
export async function headOfAuditLog(tx: Tx): Promise<string> {
  const [head] = await tx.query('SELECT seq, hash FROM audit_head');
  return head ? headText(Number(head.seq), head.hash) : '0:';
}

/** Whether the log went through a head that was its end before: the entry at its place is still the one that was there. */
export async function wentThrough(tx: Tx, head: string): Promise<boolean> {
  const seq = Number(head.split(':')[0]);
  if (seq === 0) return true;
  const [entry] = await tx.query('SELECT hash FROM audit_log WHERE seq = $1', [seq]);
  return entry !== undefined && headText(seq, entry.hash) === head;
}

/**
 * Reads the whole audit log and finds the first entry that was changed, removed, added or moved. The end is compared with
 * its signature, so a chain that was shortened or made anew by somebody without the apps' key is found too.
 *
 * @param tx one snapshot, as a role that may read audit_log and audit_head
 * @param expected heads that this function returned, or the admin app logged, before: the chain must go through them. This
 *   finds even a database that was put back to an older state as a whole.
 */
export async function verifyAuditLog(tx: Tx, vault: Vault, expected: readonly string[] = []): Promise<AuditVerdict> {
  const [older] = await tx.query(BEFORE_THE_CHAIN);
  const missing = new Set(expected);
  let [seq, hash]: [number, Buffer] = [0, older.hash];
  missing.delete(headText(seq, hash));
  const verdict = (broken?: string): AuditVerdict => ({
    entries: seq,
    older: older.entries,
    head: headText(seq, hash),
    ...(broken ? { broken } : {}),
  });
  const among = older.entries > 0 ? `, or one of the ${older.entries} from before the chain,` : '';
  for (;;) {
    const batch: (Omit<ChainedEntry, 'seq'> & { seq: string; hash: Buffer })[] = await tx.query(ENTRIES, [seq]);
    for (const { seq: place, hash: held, ...entry } of batch) {
      const next = seq + 1;
      if (Number(place) !== next) return verdict(`entry ${next} is missing: after ${seq} comes ${place}`);
      const made = chainHash(hash, { seq: next, ...entry });
      if (!held?.equals(made)) {
        const name = `entry ${next} (${entry.entryId}, ${entry.at}, ${entry.who}, ${entry.action})`;
        return verdict(`${name}${next === 1 ? among : ''} is not what was written, or is not in its place`);
      }
      [seq, hash] = [next, made];
      missing.delete(headText(seq, hash));
    }
    if (batch.length < BATCH) break;
  }
  const [head] = await tx.query('SELECT seq::text AS seq, hash, signature FROM audit_head');
  if (!head) return verdict('the end of the log is not noted any more');
  const end = Number(head.seq);
  if (end > seq) return verdict(`entry ${seq + 1} is missing: the log ends there, but had ${end} entries`);
  if (end < seq || !head.hash.equals(hash))
    return verdict(`entry ${seq} is not the end that is noted, which is ${end}`);
  if (end > 0) {
    const judged = vault.judgeSignature(head.signature ?? '', headText(seq, hash), HEAD_CONTEXT);
    if (judged === 'no-key') return verdict('the end is signed with a key that is not in ENCRYPTION_KEYS');
    if (judged === 'wrong') return verdict(`entry ${seq} is the end, but whoever noted that did not have our key`);
  }
  const [lost] = missing;
  if (lost) return verdict(`the log does not go through ${lost}, where it once ended`);
  return verdict();
}
