// What the device knows about its sync: the outbox and its order, the cursors, the epoch, the reconcile.
import { RESOURCES, ROW_TYPES, type RowType } from './resources.js';
import type { Judging } from './settle.js';
import type { Transaction } from './store.js';
import type { Cursor, OutboxEntry } from './tables.js';
import type { Engine } from './engine.js';

/** No page was applied yet, or the server's database was restored since. */
const UNKNOWN_EPOCH = '';

/** Reads and writes the outbox and the cursors inside a transaction that names their tables. */
export class SyncMetadataService {
  constructor(private readonly engine: Pick<Engine, 'clock' | 'mergeText'>) {}

  /** A number that is kept under a name, 0 at first. */
  async number(transaction: Transaction, name: string): Promise<number> {
    return Number((await transaction.get('settings', [name]))?.value ?? 0);
  }

  /** Entries that may be sent, in the order of sending. */
  async sendable(transaction: Transaction, limit: number): Promise<OutboxEntry[]> {
    return transaction.list('outbox', { index: 'inOrder', prefix: ['no'], limit });
  }

  async cursor(transaction: Transaction, type: RowType): Promise<Cursor> {
    const { feed } = RESOURCES[type];
    return (
      (await transaction.get('sync_cursors', [feed])) ?? { feed, since: 0, lastSuccessAt: 0, epoch: UNKNOWN_EPOCH }
    );
  }

  /** The epoch that a push names, null before the first page. */
  async epoch(transaction: Transaction): Promise<string | null> {
    const { epoch } = await this.cursor(transaction, 'journal');
    return epoch === UNKNOWN_EPOCH ? null : epoch;
  }

  /** What was acknowledged before the first page belongs to this epoch: a page of another one is a restored database. */
  async learnEpoch(transaction: Transaction, epoch: string): Promise<void> {
    for (const type of ROW_TYPES) {
      const cursor = await this.cursor(transaction, type);
      if (cursor.epoch === UNKNOWN_EPOCH) await transaction.put('sync_cursors', { ...cursor, epoch });
    }
  }

  /** Whether a page that carries `epoch` continues what this cursor has read. */
  continues(cursor: Cursor, epoch: string): boolean {
    return cursor.epoch === UNKNOWN_EPOCH || cursor.epoch === epoch;
  }

  /** Whether everything is being read again from 0 because the server's database was restored. */
  async reconciling(transaction: Transaction): Promise<boolean> {
    return (await transaction.get('settings', ['reconciling']))?.value === true;
  }

  /** Every feed is read from 0 again; nothing is deleted. */
  async beginReconcile(transaction: Transaction): Promise<void> {
    const generation = await this.number(transaction, 'generation');
    await transaction.put('settings', { name: 'generation', value: generation + 1 });
    await transaction.put('settings', { name: 'reconciling', value: true });
    for (const type of ROW_TYPES) {
      const cursor = await this.cursor(transaction, type);
      await transaction.put('sync_cursors', { ...cursor, since: 0, epoch: UNKNOWN_EPOCH });
    }
  }

  async endReconcile(transaction: Transaction): Promise<void> {
    await transaction.put('settings', { name: 'reconciling', value: false });
  }

  /** What settling a row needs to know. */
  async judging(transaction: Transaction): Promise<Judging> {
    const generation = await this.number(transaction, 'generation');
    return { now: this.engine.clock.now(), generation, mergeText: this.engine.mergeText };
  }
}
