/** The values of a statement that is put together from parts: each part names its values by what `add` answers. */
export class SqlParameters {
  readonly values: unknown[] = [];

  /** @returns the value's name in the statement, such as `$3` */
  add(value: unknown): string {
    this.values.push(value);
    return `$${this.values.length}`;
  }
}
