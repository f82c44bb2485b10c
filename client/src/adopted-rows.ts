// Rows that move from one journal of this device into another. Each is marked there in the transaction that moves it, so
// that a second try leaves alone what a person has edited or deleted since.
import { systemClock } from './clock.js';
import { keepCopy, Writer } from './local-edits.js';
import { sameBody } from './resources.js';
import { loadState, ROW_TABLES, storeState } from './row-state.js';
import type { LocalStore, Transaction } from './store.js';
import { SyncMetadataService } from './sync-metadata-service.js';
import type { LocalRow } from './tables.js';

/** A live row, and what tells this writing of it from any other: of the same row later, or imported into a new store. */
export interface MarkedRow {
  row: LocalRow;
  mark: string;
}

/** `known`: it was there already. `differs`: its id was there already, with something else. */
export type Moved = 'moved' | 'known' | 'differs';

const MARK = 'adopted:';

/** Moves rows in one transaction. @returns how many, and those whose id `into` has with other words, untouched */
export function moveRows(
  into: LocalStore,
  deviceId: string,
  rows: readonly MarkedRow[],
): Promise<{ moved: number; differing: MarkedRow[] }> {
  return inWrite(into, deviceId, async (transaction, writer) => {
    const differing: MarkedRow[] = [];
    let moved = 0;
    for (const row of rows) {
      const end = await moveRow(transaction, writer, row);
      if (end === 'moved') moved += 1;
      if (end === 'differs') differing.push(row);
    }
    return { moved, differing };
  });
}

/** Moves words whose id is taken as a row of their own, into the journals of `links`. @returns how many links moved */
export function moveCopy(
  into: LocalStore,
  deviceId: string,
  from: MarkedRow,
  links: readonly MarkedRow[],
): Promise<number> {
  return inWrite(into, deviceId, async (transaction, writer) => {
    let moved = 0;
    for (const link of links) if ((await moveRow(transaction, writer, link)) === 'moved') moved += 1;
    await keepCopy(transaction, writer, from.row);
    await mark(transaction, from);
    return moved;
  });
}

/** The live links of an entry. */
export function linksOf(store: LocalStore, { row }: MarkedRow): Promise<MarkedRow[]> {
  return store.transaction('read', ['rows', 'outbox', 'media'], async (transaction) => {
    const prefix = ['association', 'live', row.id];
    return marked(transaction, await transaction.list('rows', { index: 'byContent', prefix }));
  });
}

/** The live ones of these rows, in a transaction over `outbox` and `media`. */
export async function marked(transaction: Transaction, rows: readonly LocalRow[]): Promise<MarkedRow[]> {
  const all: MarkedRow[] = [];
  for (const row of rows.filter(({ status }) => status === 'live')) {
    const entry = await transaction.get('outbox', [row.type, row.id]);
    const upload = row.type === 'media' ? await transaction.get('media', [row.id]) : undefined;
    all.push({ row, mark: upload?.mutationId ?? `${row.localRev} ${entry?.lastUpdated ?? row.clientUpdatedAt}` });
  }
  return all;
}

/** Whether this writing of the row was moved. */
export async function isMarked(transaction: Transaction, { row, mark: wanted }: MarkedRow): Promise<boolean> {
  return (await transaction.get('settings', [nameOf(row)]))?.value === wanted;
}

/** Notes that this writing of the row was moved. */
export function mark(transaction: Transaction, { row, mark: value }: MarkedRow): Promise<void> {
  return transaction.put('settings', { name: nameOf(row), value });
}

/** Removes the marks of what was adopted; called when the store that it came from is destroyed. */
export function forgetAdopted(into: LocalStore): Promise<void> {
  return into.transaction('write', ['settings'], async (transaction) => {
    for (const { name } of await transaction.list('settings')) {
      if (name.startsWith(MARK)) await transaction.delete('settings', [name]);
    }
  });
}

function nameOf({ type, id }: LocalRow): string {
  return `${MARK}${type}:${id}`;
}

async function moveRow(transaction: Transaction, writer: Writer, marking: MarkedRow): Promise<Moved> {
  const { type, id, body, clientUpdatedAt } = marking.row;
  if (await isMarked(transaction, marking)) return 'known';
  const before = await loadState(transaction, type, id);
  const isThere = before.row?.status === 'live';
  if (isThere && !sameBody(type, before.row?.body ?? null, body)) return 'differs';
  await mark(transaction, marking);
  if (isThere) return 'known';
  await storeState(transaction, before, writer.saved(before, type, { id, fields: body ?? {}, clientUpdatedAt }));
  return 'moved';
}

function inWrite<T>(
  store: LocalStore,
  deviceId: string,
  body: (transaction: Transaction, writer: Writer) => Promise<T>,
): Promise<T> {
  const metadata = new SyncMetadataService({ clock: systemClock });
  return store.transaction('write', ROW_TABLES, async (transaction) => {
    const writer = await Writer.open(transaction, metadata, { deviceId });
    const answer = await body(transaction, writer);
    await writer.close();
    return answer;
  });
}
