/** One column of a set of rows that is sent to the database. */
export interface SentColumn {
  /** Its type in PostgreSQL. */
  type: string;
  /** One for each row. */
  values: readonly unknown[];
}

/**
 * A SELECT of these columns, as the source of an INSERT, and its parameters. An array costs both sides something for
 * each row, so a column with the same value in every row is sent as that one value.
 */
export function selectOf(columns: readonly SentColumn[]): { sql: string; parameters: unknown[] } {
  const parameters: unknown[] = [];
  const selected: string[] = [];
  const arrays: string[] = [];
  for (const { type, values } of columns) {
    const [value] = values;
    const isConstant = values.every((other) => other === value);
    parameters.push(isConstant ? value : literalOf(values));
    const parameter = `$${parameters.length}::${type}`;
    if (!isConstant) arrays.push(`${parameter}[]`);
    selected.push(isConstant ? parameter : `given.v${arrays.length}`);
  }
  const names = arrays.map((_, index) => `v${index + 1}`).join(', ');
  const from = arrays.length > 0 ? ` FROM unnest(${arrays.join(', ')}) AS given(${names})` : '';
  return { sql: `SELECT ${selected.join(', ')}${from}`, parameters };
}

/** PostgreSQL's text form of an array. `pg` makes one as well, by adding up text after text: it takes twice the time. */
export function literalOf(values: readonly unknown[]): string {
  return `{${values.map(elementOf).join(',')}}`;
}

function elementOf(value: unknown): string {
  if (Buffer.isBuffer(value)) return `"\\\\x${value.toString('hex')}"`;
  if (value === null || value === undefined) return 'NULL';
  if (typeof value !== 'string') return (value as number | boolean).toString();
  return /["\\]/.test(value) ? `"${value.replace(/["\\]/g, '\\$&')}"` : `"${value}"`;
}
