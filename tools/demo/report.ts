/** Prints the story as a person would want to read it. */
const colours = process.stdout.isTTY;
const paint = (code: number, text: string) => (colours ? `\u001b[${code}m${text}\u001b[0m` : text);

/** Who hears the story step by step. */
export type Storyteller = Pick<Report, 'chapter' | 'say' | 'done'>;

export class Report {
  private readonly rows: [what: string, result: string][] = [];
  private readonly startedAt = performance.now();

  title(text: string): void {
    console.log(`\n${paint(1, text)}\n`);
  }

  chapter(text: string): void {
    console.log(`\n${paint(1, `— ${text}`)}  ${paint(90, this.elapsed())}`);
  }

  say(text: string): void {
    console.log(`  ${text}`);
  }

  /** A thing that was seen to hold; it stands in the table at the end. */
  done(what: string, result: string): void {
    console.log(`  ${paint(32, '✓')} ${what}: ${result}`);
    this.rows.push([what, result]);
  }

  summary(): void {
    const width = Math.max(...this.rows.map(([what]) => what.length));
    const line = '─'.repeat(width + 2 + Math.max(...this.rows.map(([, result]) => result.length)));
    console.log(`\n${line}`);
    for (const [what, result] of this.rows) console.log(`${what.padEnd(width)}  ${result}`);
    console.log(`${line}\n${this.rows.length} of ${this.rows.length} steps, ${this.elapsed()}`);
  }

  private elapsed(): string {
    return `${((performance.now() - this.startedAt) / 1_000).toFixed(1)} s`;
  }
}
