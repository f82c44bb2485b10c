// The rows that the checks put, and the transactions in which they put and read them.
import type { LocalStore, Transaction } from '../../store.js';
import type { BlobPart, LocalRow, LogRecord, OutboxEntry, Setting, TableName } from '../../tables.js';

const EVERYDAY: readonly TableName[] = ['rows', 'outbox', 'settings', 'log'];

/** A transaction that writes the tables of most checks. */
export function write<T>(store: LocalStore, body: (transaction: Transaction) => Promise<T>): Promise<T> {
  return store.transaction('write', EVERYDAY, body);
}

/** A transaction that reads the tables of most checks. */
export function read<T>(store: LocalStore, body: (transaction: Transaction) => Promise<T>): Promise<T> {
  return store.transaction('read', EVERYDAY, body);
}

/** All settings of a store, in their order. */
export function settings(store: LocalStore): Promise<Setting[]> {
  return read(store, (transaction) => transaction.list('settings'));
}

/** All parts of blobs of a store, in their order. */
export function blobs(store: LocalStore): Promise<BlobPart[]> {
  return store.transaction('read', ['blobs'], (transaction) => transaction.list('blobs'));
}

/** A setting of this name. */
export function setting(name: string, value: unknown): Setting {
  return { name, value };
}

/** A part of a blob with these bytes. */
export function blobPart(id: string, part: number, bytes: number[]): BlobPart {
  return { id, part, bytes: Uint8Array.from(bytes) };
}

/** A line of the log at this place. */
export function logRecord(seq: number): LogRecord {
  return { seq, at: 0, event: 'check', detail: {} };
}

/** An entry of the journal with this body. */
export function localRow(id: string, body: LocalRow['body']): LocalRow {
  return {
    type: 'content',
    id,
    body,
    status: 'live',
    localRev: 1,
    clientUpdatedAt: 0,
    base: null,
    theirs: null,
    generation: 0,
  };
}

/** An entry of the outbox at this place. */
export function outboxEntry(id: string, seq: number): OutboxEntry {
  return {
    type: 'content',
    id,
    seq,
    op: 'UPSERT',
    lastUpdated: 0,
    retryCount: 0,
    deviceId: 'device',
    inflight: null,
    held: 'no',
    lastError: null,
  };
}

/** What lists of rows are told apart by. */
export function idOf({ id }: { id: string }): string {
  return id;
}
