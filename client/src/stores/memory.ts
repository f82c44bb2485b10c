// A store in memory, for tests and for what need not stay.
import { NewerStoreError, StoreLostError } from '../store.js';
import type { Key, LocalStore, Transaction } from '../store.js';
import type { TableName } from '../tables.js';
import { keyOf } from './keys.js';
import { MemoryTable } from './memory-table.js';
import type { StoredRow } from './memory-table.js';
import { CURRENT_SCHEMA, rewriteRows } from './migrations.js';
import type { Schema } from './migrations.js';
import { ScopedTransaction } from './scoped-transaction.js';
import type { StoreOperations } from './scoped-transaction.js';
import type { Span } from './span.js';
import { Turns } from './turns.js';

/** All rows of a store by table, with the version that wrote them. */
export interface StoreDump {
  version: number;
  rows: Partial<Record<TableName, readonly object[]>>;
}

/** A store in memory; two over one `MemoryStorage` have the same rows, as two tabs have. */
export function memoryStore(storage: MemoryStorage = new MemoryStorage(), schema: Schema = CURRENT_SCHEMA): LocalStore {
  return new MemoryStore(storage, schema);
}

/** What outlives a memory store. */
export class MemoryStorage {
  /** Of `memoryStore` alone. */
  readonly turns = new Turns();
  /** Of `memoryStore` alone: undefined until it is opened, and after it is destroyed. */
  rows: MemoryRows | undefined;

  constructor(private dumped: StoreDump = { version: 0, rows: {} }) {}

  /** A copy of all that is kept: without the writes of a transaction under way. */
  dump(): StoreDump {
    return this.rows?.dump() ?? structuredClone(this.dumped);
  }

  /** Of `memoryStore` alone. */
  async open(schema: Schema): Promise<MemoryRows> {
    if ((this.rows?.schema ?? this.dumped).version > schema.version) {
      throw new NewerStoreError('The store was written by a newer release');
    }
    if (this.rows?.schema.version !== schema.version) this.rows = await MemoryRows.from(this.dump(), schema);
    return this.rows;
  }

  /** Of `memoryStore` alone. */
  clear(): void {
    this.rows = undefined;
    this.dumped = { version: 0, rows: {} };
  }
}

class MemoryStore implements LocalStore {
  #opened = false;
  #closed = false;

  constructor(
    private readonly storage: MemoryStorage,
    private readonly schema: Schema,
  ) {}

  async transaction<T>(
    mode: 'read' | 'write',
    tables: readonly TableName[],
    body: (transaction: Transaction) => Promise<T>,
  ): Promise<T> {
    if (this.#closed) throw new StoreLostError('The store is closed');
    return this.storage.turns.take(async () => {
      if (this.#opened && !this.storage.rows) throw new StoreLostError('The store was destroyed');
      const rows = await this.storage.open(this.schema);
      this.#opened = true;
      const transaction = new ScopedTransaction(rows, { mode, tables, schemas: this.schema.tables });
      return rows.allOrNothing(() => transaction.run(body));
    });
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.storage.turns.take(async () => undefined);
  }

  async destroy(): Promise<void> {
    this.#closed = true;
    await this.storage.turns.take(async () => this.storage.clear());
  }
}

/** The tables, and what the transaction under way has changed in them. */
class MemoryRows implements StoreOperations {
  readonly #tables = new Map<TableName, MemoryTable>();
  #changes: { table: TableName; key: Key; before: StoredRow | undefined }[] = [];

  private constructor(readonly schema: Schema) {
    for (const name of Object.keys(schema.tables) as TableName[]) {
      this.#tables.set(name, new MemoryTable(schema.tables[name]));
    }
  }

  /** Fills the tables, and carries older rows over. */
  static async from(dump: StoreDump, schema: Schema): Promise<MemoryRows> {
    const tables = new MemoryRows(schema);
    for (const name of tables.#tables.keys()) {
      for (const row of dump.rows[name] ?? []) tables.put(name, keyOf(row, schema.tables[name].key), row);
    }
    if (dump.version > 0) await rewriteRows(tables, schema, dump.version);
    tables.#changes = [];
    return tables;
  }

  dump(): StoreDump {
    const rows: StoreDump['rows'] = {};
    for (const [name, table] of this.#tables) {
      const kept = new MemoryTable(table.schema);
      for (const row of table.all()) kept.set(row.entries.get(undefined) ?? [], row);
      for (const { key, before } of this.#changes.filter((change) => change.table === name).toReversed()) {
        kept.set(key, before);
      }
      rows[name] = kept.all().map((row) => kept.read(row));
    }
    return { version: this.schema.version, rows };
  }

  async allOrNothing<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      for (const { table, key, before } of this.#changes.toReversed()) this.#table(table).set(key, before);
      throw error;
    } finally {
      this.#changes = [];
    }
  }

  get(name: TableName, key: Key): object | undefined {
    const table = this.#table(name);
    const row = table.find(key);
    return row && table.read(row);
  }

  list(name: TableName, span: Span): object[] {
    const table = this.#table(name);
    return table.within(span).map((row) => table.read(row));
  }

  count(name: TableName, span: Span): number {
    return this.#table(name).count(span);
  }

  put(name: TableName, key: Key, row: object): void {
    const table = this.#table(name);
    this.#changes.push({ table: name, key, before: table.set(key, table.write(key, row)) });
  }

  delete(name: TableName, key: Key): void {
    this.#changes.push({ table: name, key, before: this.#table(name).set(key, undefined) });
  }

  #table(name: TableName): MemoryTable {
    const table = this.#tables.get(name);
    if (!table) throw new TypeError(`No such table: ${name}`);
    return table;
  }
}
