/** What applying an event leaves to do: wakes for after the commit, and whether the event has to come again. */
export class Effects {
  /** Endpoints with new posts. */
  readonly endpoints = new Set<string>();
  /** A usage fact waits to be rated. */
  rate = false;
  /** A customer wrote. */
  inbound = false;
  /** Our ids of numbers to which a customer sent a file that is to be copied. */
  readonly mediaOf = new Set<string>();
  /** What the event speaks of and we do not know yet; it is applied again later. */
  waitsFor: string | undefined;
  /** For people: what was peculiar about it. */
  note: string | undefined;

  tell(endpointIds: Iterable<string>): void {
    for (const id of endpointIds) this.endpoints.add(id);
  }
}
