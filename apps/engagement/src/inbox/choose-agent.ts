export const ASSIGNMENTS = ['round_robin', 'load', 'skill', 'by_hand'] as const;
export type Assignment = (typeof ASSIGNMENTS)[number];

/** A member of a team, as far as it matters to whom the next conversation goes. */
export interface Candidate {
  userId: string;
  available: boolean;
  skills: readonly string[];
  capacity: number;
  /** Conversations that are theirs now. */
  load: number;
}

/**
 * To whom the next conversation of a team goes.
 *
 * @param needs  skills that the conversation asks for; looked at by assignment `skill`
 * @param last   who got the one before, for `round_robin`
 * @returns undefined when it is assigned by hand, or nobody who may have it has room
 */
export function chooseAgent(
  assignment: Assignment,
  members: readonly Candidate[],
  { needs, last }: { needs: readonly string[]; last: string | null },
): string | undefined {
  if (assignment === 'by_hand') return undefined;
  const free = members
    .filter((m) => m.available && m.load < m.capacity)
    .filter((m) => assignment !== 'skill' || needs.every((skill) => m.skills.includes(skill)))
    .sort((a, b) => (a.userId < b.userId ? -1 : 1));
  if (assignment === 'round_robin') return (free.find((m) => last !== null && m.userId > last) ?? free[0])?.userId;
  return free.reduce<Candidate | undefined>((best, m) => (best && best.load <= m.load ? best : m), undefined)?.userId;
}
