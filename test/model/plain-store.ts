/** Storage in memory that outlives the engine: what was committed is there when the device opens again. */
import { TABLES, type TableName, type Tables } from '../../client/src/tables.js';
import type { Key, LocalStore, Range, Transaction } from '../../client/src/store.js';

type Rows = Map<string, Tables[TableName]>;
type State = Record<TableName, Rows>;

export function plainStore(): LocalStore {
  let kept = Object.fromEntries(Object.keys(TABLES).map((name) => [name, new Map()])) as State;
  let last: Promise<unknown> = Promise.resolve();
  return {
    transaction(mode, _tables, body) {
      const run = async (): Promise<Awaited<ReturnType<typeof body>>> => {
        const draft = { ...kept };
        const result = await body(transactionOver(draft));
        if (mode === 'write') kept = draft;
        return result;
      };
      const turn = mode === 'read' ? run() : last.then(run);
      if (mode === 'write') last = turn.catch(() => undefined);
      return turn;
    },
    close: () => Promise.resolve(),
    destroy: () => Promise.resolve(),
  };
}

function transactionOver(draft: State): Transaction {
  const rowsOf = (table: TableName): [Key, Tables[TableName]][] =>
    [...draft[table].values()].map((row) => [keyIn(row, TABLES[table].key), row]);
  const list = (table: TableName, { index, prefix = [], after, limit, reverse = false }: Range = {}): unknown[] => {
    const fields = index === undefined ? TABLES[table].key : (TABLES[table].indexes[index] ?? []);
    const found = rowsOf(table)
      .map(([, row]): [Key, unknown] => [keyIn(row, fields), row])
      .filter(([key]) => key.every((part) => part !== undefined && part !== null))
      .filter(([key]) => prefix.every((part, place) => key[place] === part))
      .toSorted(([one], [other]) => compare(one, other) * (reverse ? -1 : 1))
      .filter(([key]) => after === undefined || compare(key, after) * (reverse ? -1 : 1) > 0);
    return found.slice(0, limit).map(([, row]) => structuredClone(row));
  };
  const write = (table: TableName, change: (rows: Rows) => void): Promise<void> => {
    const rows = new Map(draft[table]);
    change(rows);
    draft[table] = rows;
    return Promise.resolve();
  };
  return {
    get: (table, key) => Promise.resolve(structuredClone(draft[table].get(JSON.stringify(key))) as never),
    list: (table, range) => Promise.resolve(list(table, range) as never),
    count: (table, range) => Promise.resolve(list(table, range).length),
    put: (table, row) =>
      write(table, (rows) => rows.set(JSON.stringify(keyIn(row, TABLES[table].key)), structuredClone(row))),
    delete: (table, key) => write(table, (rows) => void rows.delete(JSON.stringify(key))),
  };
}

function keyIn(row: object, fields: readonly string[]): Key {
  return fields.map((path) =>
    path.split('.').reduce<unknown>((value, name) => (value as Record<string, unknown> | null)?.[name], row),
  ) as unknown as Key;
}

function compare(one: Key, other: Key): number {
  for (const [place, part] of one.entries()) {
    const against = other[place];
    if (against === undefined) return 1;
    if (part !== against) return part < against ? -1 : 1;
  }
  return one.length - other.length;
}
