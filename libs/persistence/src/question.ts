/**
 * A question of many items to one of the narrow doors: a statement, its values, and what its rows say, an answer for each item
 * in their order. Kept apart from its asking, so that questions of several kinds can share a round trip (`Database.askTogether`).
 *
 * @typeParam Row as JSON has it: instants are texts
 */
export interface Question<Answer, Row> {
  sql: string;
  values: readonly unknown[];
  answers: (rows: Row[]) => Answer[];
}

/** One statement for several questions: a row with a list of rows for each, in their order. */
export function together(questions: readonly { sql: string; values: readonly unknown[] }[]) {
  const values: unknown[] = [];
  const columns = questions.map((question, i) => {
    const sql = question.sql.replace(/\$(\d+)/g, (_, n: string) => `$${Number(n) + values.length}`);
    values.push(...question.values);
    return `(SELECT json_agg(q) FROM (${sql}) q) AS "${i}"`;
  });
  return { sql: `SELECT ${columns.join(', ')}`, values };
}
