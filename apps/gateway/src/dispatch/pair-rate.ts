import { Inject, Injectable } from '@nestjs/common';
import type { Redis } from 'ioredis';
import { REDIS } from '#libs/queues';

// One message per 6 s to the same customer, and up to 45 at once on credit of later ones (Meta, "About the platform",
// 2025-12-05).
const INTERVAL_MS = 6_000;
const BURST = 45;
/** Calls that leave evenly arrive unevenly: at Meta the first may count so much later than it left. */
const JITTER_MS = 500;
const CREDIT_MS = (BURST - 1) * INTERVAL_MS;

// Per pair the time at which all that was sent is paid for (ms; "theoretical arrival time"). Ours is never before Meta's,
// so what we let go, Meta takes. It expires when nothing is owed.
// KEYS: a pair each; ARGV: now, then how many messages wait for each pair. Returns for each: how many may go, and ms
// until the next may.
const TAKE = `
local now = tonumber(ARGV[1])
local answer = {}
for i = 1, #KEYS do
  local paid = tonumber(redis.call('GET', KEYS[i]) or now)
  if paid > now + ${CREDIT_MS + INTERVAL_MS + JITTER_MS} then paid = now + ${CREDIT_MS + INTERVAL_MS + JITTER_MS} end
  local may = 0
  while may < tonumber(ARGV[i + 1]) and paid - now <= ${CREDIT_MS} do
    if paid < now + ${JITTER_MS} then paid = now + ${JITTER_MS} end
    paid = paid + ${INTERVAL_MS}
    may = may + 1
  end
  if may > 0 then redis.call('SET', KEYS[i], string.format('%.0f', paid), 'PX', string.format('%.0f', paid - now)) end
  answer[#answer + 1] = may
  answer[#answer + 1] = math.max(0, paid - now - ${CREDIT_MS})
end
return answer`;

/** Whom a number cannot send to at the moment; in this process, for the next look. */
type Blocked = Map<string, number>;

/**
 * The pair rate, kept before Meta says 131056, exact across processes. Without Redis everything may go, and Meta's refusal
 * makes us wait.
 */
@Injectable()
export class PairRate {
  private readonly byNumber = new Map<string, Blocked>();

  constructor(@Inject(REDIS) private readonly redis: Redis) {}

  /**
   * Counts messages about to be sent, in the order in which they would be.
   *
   * @param recipients of one number's messages, one for each message
   * @returns for each message whether it may go
   */
  async take(phoneNumberId: string, recipients: readonly string[], now: Date): Promise<boolean[]> {
    const wanted = new Map<string, number>();
    for (const recipient of recipients) wanted.set(recipient, (wanted.get(recipient) ?? 0) + 1);
    const pairs = [...wanted.keys()];
    if (pairs.length === 0) return [];
    let answers: number[];
    try {
      answers = (await this.redis.eval(
        TAKE,
        pairs.length,
        ...pairs.map((recipient) => `pair:${phoneNumberId}:${recipient}`),
        now.getTime(),
        ...wanted.values(),
      )) as number[];
    } catch {
      return recipients.map(() => true);
    }
    const left = new Map<string, number>();
    for (const [i, recipient] of pairs.entries()) {
      const may = answers[2 * i] ?? 0;
      left.set(recipient, may);
      if (may < (wanted.get(recipient) ?? 0)) {
        this.block(phoneNumberId, recipient, now.getTime() + Math.max(1, answers[2 * i + 1] ?? 0));
      }
    }
    return recipients.map((recipient) => {
      const may = left.get(recipient) ?? 0;
      left.set(recipient, may - 1);
      return may > 0;
    });
  }

  /** Recipients who must wait, and how many ms until the first of them need not. */
  blocked(phoneNumberId: string, now: Date): { recipients: string[]; nextInMs: number | undefined } {
    const blocked = this.byNumber.get(phoneNumberId);
    const recipients: string[] = [];
    let nextInMs: number | undefined;
    for (const [recipient, until] of blocked ?? []) {
      const inMs = until - now.getTime();
      if (inMs > 0) {
        recipients.push(recipient);
        nextInMs = Math.min(nextInMs ?? inMs, inMs);
      } else if (inMs < -CREDIT_MS) blocked?.delete(recipient);
    }
    if (blocked?.size === 0) this.byNumber.delete(phoneNumberId);
    return { recipients, nextInMs };
  }

  /** Whether some recipient of a number had to wait lately: then it is asked before messages are claimed, not after. */
  wasNeeded(phoneNumberId: string): boolean {
    return this.byNumber.has(phoneNumberId);
  }

  private block(phoneNumberId: string, recipient: string, until: number): void {
    let blocked = this.byNumber.get(phoneNumberId);
    if (!blocked) {
      blocked = new Map();
      this.byNumber.set(phoneNumberId, blocked);
    }
    blocked.set(recipient, until);
  }
}
