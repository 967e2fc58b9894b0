/**
 * Gives each of what has work one turn after the other, until none has more: nobody waits for the end of another's work, and
 * what fails for one is tried again later and holds up nobody else.
 *
 * @param open what has work now; asked again for each round, so who comes in between has a turn in the next
 * @param turn does a piece of it; whether there is more
 * @param stumbled told of each turn that failed
 */
export async function inTurns<T>(
  open: () => Promise<readonly T[]>,
  turn: (one: T) => Promise<boolean>,
  stumbled: (error: unknown, one: T) => void,
): Promise<void> {
  for (let more = true; more; ) {
    more = false;
    for (const one of await open()) {
      try {
        more = (await turn(one)) || more;
      } catch (error) {
        stumbled(error, one);
      }
    }
  }
}
