import { Inject, Injectable } from '@nestjs/common';
import { CLOCK, type Clock } from '#libs/clock';
import { Refusal } from '#libs/http';
import { newId } from '#libs/ids';
import { compare, parseDecimal } from '#libs/money';
import { Database, PROVIDER_TENANT, type Tx } from '#libs/persistence';
import { type StaffCaller } from '#libs/staff';
import type { RateRow } from './rate-card.js';
import { RateCards } from './rate-cards.js';
import { type GivenCard, readCard } from './read-card.js';
import { type CardReview, reviewCard } from './review-card.js';

export interface RateProposal {
  readonly proposalId: string;
  readonly cardDate: string;
  readonly currency: string;
  readonly announcedOn: string;
  /** It puts single prices of a card right that is in the book already. */
  readonly corrects: boolean;
  readonly status: 'proposed' | 'approved' | 'rejected';
  readonly review: CardReview;
  readonly proposer: string;
  readonly proposedAt: Date;
  readonly decider: string | null;
  readonly decidedAt: Date | null;
}

const COLUMNS = `proposal_id AS "proposalId", card_date::text AS "cardDate", currency, announced_on::text AS "announcedOn",
  corrects, status, review, proposer, proposed_at AS "proposedAt", decider, decided_at AS "decidedAt"`;

/** New rate cards: proposed by one member of staff, approved by another; only then are they rates. */
@Injectable()
export class RateProposals {
  constructor(
    private readonly db: Database,
    private readonly cards: RateCards,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /**
   * Keeps a card with its differences to the one in force, and what looks wrong with it.
   *
   * @param wish `corrects`: the rows put prices of a card right that is there already; else they are a whole new card
   * @param also what is done in the same transaction, such as an entry in the audit log
   * @throws Refusal for a file that is no card, a card that is there already (or is not, to be corrected), or one that
   *   waits already
   */
  async propose(
    card: GivenCard,
    wish: { announcedOn: string; corrects: boolean },
    staff: StaffCaller,
    also: (tx: Tx, proposal: RateProposal) => Promise<void>,
  ): Promise<RateProposal> {
    const read = readCard(card);
    if ('problems' in read) throw Refusal.invalid(read.problems.join('; '), { csv: read.problems });
    const { rows, review } = wish.corrects
      ? await this.reviewCorrection(card, read.rows, wish.announcedOn)
      : { rows: read.rows, review: await this.reviewNew(card, read.rows, wish.announcedOn) };
    const now = this.clock.now();
    return this.db.inTenant(PROVIDER_TENANT, async (tx) => {
      const [row]: RateProposal[] = await tx.query(
        `INSERT INTO rate_proposals (proposal_id, card_date, currency, announced_on, rows, review, corrects, proposed_by,
                                     proposer, proposed_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT DO NOTHING RETURNING ${COLUMNS}`,
        [
          newId(now),
          card.cardDate,
          card.currency,
          wish.announcedOn,
          JSON.stringify(rows),
          JSON.stringify(review),
          wish.corrects,
          staff.staffId,
          staff.email,
          now,
        ],
      );
      if (!row) throw Refusal.conflict('A card of this date and currency waits already. Decide on that one first.');
      await also(tx, row);
      return row;
    });
  }

  private async reviewNew(card: GivenCard, rows: readonly RateRow[], announcedOn: string): Promise<CardReview> {
    const listed = await this.cards.list();
    if (listed.some((c) => c.cardDate === card.cardDate && c.currency === card.currency)) {
      throw Refusal.conflict(
        `There is a card of ${card.cardDate} in ${card.currency}. Say corrects: true to put single prices of it right.`,
      );
    }
    const dayBefore = new Date(Date.parse(`${card.cardDate}T00:00:00Z`) - 86_400_000).toISOString().slice(0, 10);
    const before = (await this.cards.inForce(card.currency, dayBefore))?.rows ?? [];
    const dates = [...new Set(listed.map((c) => c.cardDate))].filter((date) => date < card.cardDate).sort();
    const current = new Set(listed.filter((c) => c.cardDate === dates.at(-1)).map((c) => c.currency));
    const ofThisDate = new Set(listed.filter((c) => c.cardDate === card.cardDate).map((c) => c.currency));
    const leftBehind = [...current].filter((c) => c !== card.currency && !ofThisDate.has(c)).sort();
    return reviewCard(rows, before, { cardDate: card.cardDate, announcedOn, today: this.today(), leftBehind });
  }

  /** @returns the rows that differ from the card as it is, and the card as it would be beside it */
  private async reviewCorrection(
    card: GivenCard,
    given: readonly RateRow[],
    announcedOn: string,
  ): Promise<{ rows: RateRow[]; review: CardReview }> {
    const held = await this.cards.card(card.cardDate, card.currency);
    if (held.length === 0) throw Refusal.notFound('card to correct');
    const wrong = new Map(held.map((row) => [cellOf(row), row.price]));
    const rows = given.filter((row) => {
      const was = wrong.get(cellOf(row));
      return was === undefined || compare(parseDecimal(was), parseDecimal(row.price)) !== 0;
    });
    if (rows.length === 0) throw Refusal.conflict('The card says so already.');
    const right = new Map([...held, ...rows].map((row) => [cellOf(row), row]));
    const facts = { cardDate: card.cardDate, announcedOn, today: this.today(), leftBehind: [] };
    return { rows, review: reviewCard([...right.values()], held, facts) };
  }

  private today(): string {
    return this.clock.now().toISOString().slice(0, 10);
  }

  /**
   * Approves or rejects. What is approved is in the rate book at once, and every process rates by it within seconds; what
   * was charged by a price that was put right stays so until staff rate it again.
   * @throws Refusal for one's own proposal, or one that is decided
   */
  async decide(
    proposalId: string,
    status: 'approved' | 'rejected',
    staff: StaffCaller,
    also: (tx: Tx, proposal: RateProposal) => Promise<void>,
  ): Promise<RateProposal> {
    const [held] = await this.db.query<{ status: string; proposedBy: string; rows: RateRow[] }>(
      'SELECT status, proposed_by AS "proposedBy", rows FROM rate_proposals WHERE proposal_id = $1',
      [proposalId],
    );
    if (!held) throw Refusal.notFound('proposed rate card');
    if (status === 'approved' && held.proposedBy === staff.staffId) {
      throw Refusal.forbidden('Another member of staff has to approve what you proposed.');
    }
    return this.db.inTenant(PROVIDER_TENANT, async (tx) => {
      const [[row]]: [RateProposal[], number] = await tx.query(
        `UPDATE rate_proposals SET status = $2, decided_by = $3, decider = $4, decided_at = $5
          WHERE proposal_id = $1 AND status = 'proposed' RETURNING ${COLUMNS}`,
        [proposalId, status, staff.staffId, staff.email, this.clock.now()],
      );
      if (!row)
        throw Refusal.conflict(
          held.status === 'proposed'
            ? 'Somebody else decided on this card just now.'
            : `This card was ${held.status} before.`,
        );
      if (status === 'approved' && row.corrects) await this.cards.addCorrections(tx, held.rows);
      if (status === 'approved' && !row.corrects) await this.cards.addCard(tx, held.rows);
      await also(tx, row);
      return row;
    });
  }

  /** Cards of days to come, those that nobody has approved yet among them: by date and currency. */
  announced(): Promise<RateProposal[]> {
    return this.db.query<RateProposal>(
      `SELECT ${COLUMNS} FROM rate_proposals WHERE status <> 'rejected' AND NOT corrects AND card_date > $1::date
        ORDER BY card_date, currency LIMIT 200`,
      [this.today()],
    );
  }

  /** Newest first. */
  list(): Promise<RateProposal[]> {
    return this.db.query<RateProposal>(`SELECT ${COLUMNS} FROM rate_proposals ORDER BY proposal_id DESC LIMIT 200`);
  }
}

const cellOf = (row: RateRow): string => `${row.market}|${row.category}`;
