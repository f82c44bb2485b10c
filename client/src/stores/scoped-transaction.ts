// What is the same in every store: a transaction reaches only its tables, ends with its body and waits for nothing else.
import type { Key, Range, Transaction } from '../store.js';
import type { TableName, Tables, TableSchema } from '../tables.js';
import { checkedKey, indexKeyOf, keyOf } from './keys.js';
import { spanOf } from './span.js';
import type { Span } from './span.js';

/** What a store's operations answer: at once, or later. */
export type Awaitable<T> = T | Promise<T>;

/** The operations as a store does them: keys and ranges arrive checked. */
export interface StoreOperations {
  get(table: TableName, key: Key): Awaitable<object | undefined>;
  list(table: TableName, span: Span): Awaitable<object[]>;
  count(table: TableName, span: Span): Awaitable<number>;
  put(table: TableName, key: Key, row: object): Awaitable<void>;
  delete(table: TableName, key: Key): Awaitable<void>;
}

/** Which tables a transaction may reach. */
export interface Scope {
  mode: 'read' | 'write';
  tables: readonly TableName[];
  schemas: Readonly<Record<TableName, TableSchema>>;
}

/** A transaction as its body sees it. One operation that fails, fails all of it, also when the body catches the error. */
export class ScopedTransaction implements Transaction {
  readonly #operations: StoreOperations;
  readonly #scope: Scope;
  #pending = 0;
  #ended = false;
  #failure: { error: unknown } | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #stray: (error: TypeError) => void = () => undefined;
  #idle: () => void = () => undefined;

  constructor(operations: StoreOperations, scope: Scope) {
    this.#operations = operations;
    this.#scope = scope;
  }

  /**
   * Runs the body, and waits for the operations that it did not wait for.
   * @throws what the body threw, or the first operation that failed; TypeError when the body waits for anything else
   */
  async run<T>(body: (transaction: Transaction) => Promise<T>): Promise<T> {
    const stray = new Promise<never>((_resolve, reject) => {
      this.#stray = reject;
    });
    this.#watch();
    try {
      const answer = await Promise.race([body(this), stray]);
      await this.#quiet();
      if (this.#failure) throw this.#failure.error;
      return answer;
    } finally {
      this.#ended = true;
      clearTimeout(this.#timer);
      await this.#quiet();
    }
  }

  get<T extends TableName>(table: T, key: Key): Promise<Tables[T] | undefined> {
    return this.#do(
      'read',
      table,
      () => this.#operations.get(table, checkedKey(key)) as Awaitable<Tables[T] | undefined>,
    );
  }

  list<T extends TableName>(table: T, range?: Range): Promise<Tables[T][]> {
    return this.#do('read', table, (schema) => {
      const span = spanOf(schema, range);
      return (span ? this.#operations.list(table, span) : []) as Awaitable<Tables[T][]>;
    });
  }

  count(table: TableName, { index, prefix }: Pick<Range, 'index' | 'prefix'> = {}): Promise<number> {
    return this.#do('read', table, (schema) => {
      const span = spanOf(schema, { index, prefix });
      return span ? this.#operations.count(table, span) : 0;
    });
  }

  put<T extends TableName>(table: T, row: Tables[T]): Promise<void> {
    return this.#do('write', table, (schema) => {
      for (const fields of Object.values(schema.indexes)) indexKeyOf(row, fields);
      return this.#operations.put(table, keyOf(row, schema.key), row);
    });
  }

  delete(table: TableName, key: Key): Promise<void> {
    return this.#do('write', table, () => this.#operations.delete(table, checkedKey(key)));
  }

  async #do<T>(mode: Scope['mode'], table: TableName, operation: (schema: TableSchema) => Awaitable<T>): Promise<T> {
    if (this.#ended) throw new TypeError('The transaction has ended');
    this.#pending++;
    try {
      if (!this.#scope.tables.includes(table)) throw new TypeError(`The transaction is not over the table ${table}`);
      if (mode === 'write' && this.#scope.mode === 'read') throw new TypeError('The transaction only reads');
      return await operation(this.#scope.schemas[table]);
    } catch (error) {
      this.#failure ??= { error };
      throw error;
    } finally {
      this.#pending--;
      if (this.#pending === 0) this.#idle();
      if (this.#pending === 0 && !this.#ended) this.#watch();
    }
  }

  /**
   * All that follows an operation by promises alone runs before the next timer: a body that has neither ended nor asked for
   * the next operation by then waits for something else.
   */
  #watch(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      if (this.#pending === 0) this.#stray(new TypeError('A transaction waited for something outside of it'));
    });
  }

  /** Waits until no operation is under way: what follows ends the transaction that they are in. */
  async #quiet(): Promise<void> {
    if (this.#pending === 0) return;
    await new Promise<void>((resolve) => {
      this.#idle = resolve;
    });
  }
}
