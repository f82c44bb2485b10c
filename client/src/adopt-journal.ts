// Moves what was written before a sign-in into the journal of the person who signed in.
//
//   journals ─► entries ─► links: some hundred in one transaction ─► files, one by one ─┐
//      ▲                                                                                │
//      └──────────────── something was moved: more may have been written meanwhile ─────┘
import { isMarked, linksOf, mark, marked, moveCopy, moveRows, type MarkedRow, type Moved } from './adopted-rows.js';
import type { LogDate } from './log-date.js';
import { isStored } from './media/pieces.js';
import { ROW_TYPES, type MediaBody, type RowType } from './resources.js';
import type { LocalStore } from './store.js';
import type { LocalRow } from './tables.js';
import { TransportError } from './transport.js';
import { uuidV5 } from './uuid-v5.js';

export { forgetAdopted } from './adopted-rows.js';

/** A journal that is open in this tab, with the store that it was opened on. */
export interface OpenedJournal {
  db: LogDate;
  store: LocalStore;
}

export interface AdoptOptions {
  /** Written before anybody signed in; it is only read. */
  from: OpenedJournal;
  /** The journal of who signed in. */
  into: OpenedJournal;
  /** Told after each batch and each file: rows and files that were looked at, of all. Neither number ever falls. */
  onProgress?: (progress: { done: number; total: number }) => void;
}

/** What one call moved. */
export interface Adopted {
  journals: number;
  entries: number;
  links: number;
  files: number;
  /** Rows that `into` had with other words, and files that it had with other bytes: they got an id of their own. */
  copies: number;
  /** Ids of files whose bytes are not whole on this device: they stay in `from`, and are gone when it is destroyed. */
  damaged: readonly string[];
}

const BATCH_ROWS = 300;

/** Links come behind both of their ends. */
const WORDS = [
  ['journal', 'journals'],
  ['content', 'entries'],
  ['association', 'links'],
] as const;

/**
 * Moves everything that is not deleted, with its ids and times. Cut off anywhere, it is called again and goes on: what
 * was edited or deleted in `into` since stays so. One call at a time: tabs that may both adopt a journal hold a lock.
 * `from` may be destroyed once this has answered; `forgetAdopted` then frees the marks that it kept in `into`.
 * @throws StoreFullError, StoreLostError and what else a store throws; what was moved until then stays
 */
export async function adoptJournal({ from, into, onProgress = () => undefined }: AdoptOptions): Promise<Adopted> {
  const adoption = new Adoption(from, into, onProgress);
  await adoption.count();
  while ((await adoption.look()) > 0);
  return adoption.adopted();
}

class Adoption {
  readonly #from: OpenedJournal;
  readonly #into: OpenedJournal;
  readonly #onProgress: NonNullable<AdoptOptions['onProgress']>;
  readonly #moved = { journals: 0, entries: 0, links: 0, files: 0, copies: 0 };
  readonly #damaged = new Set<string>();
  readonly #looked = new Set<string>();
  #total = 0;

  constructor(from: OpenedJournal, into: OpenedJournal, onProgress: NonNullable<AdoptOptions['onProgress']>) {
    this.#from = from;
    this.#into = into;
    this.#onProgress = onProgress;
  }

  adopted(): Adopted {
    return { ...this.#moved, damaged: [...this.#damaged] };
  }

  /** Counts what there is to do. */
  async count(): Promise<void> {
    await this.#from.store.transaction('read', ['rows'], async (transaction) => {
      for (const type of ROW_TYPES) {
        this.#total += await transaction.count('rows', { index: 'byDate', prefix: [type, 'live'] });
      }
    });
    this.#tell([]);
  }

  /** Looks at every row and file. @returns how many were moved */
  async look(): Promise<number> {
    let moved = 0;
    for (const [type, name] of WORDS) {
      for await (const rows of batches(this.#from.store, type)) moved += await this.#moveBatch(rows, name);
    }
    for await (const files of batches(this.#from.store, 'media')) {
      for (const file of files) moved += await this.#moveFile(file);
    }
    return moved;
  }

  async #moveBatch(rows: readonly MarkedRow[], name: (typeof WORDS)[number][1]): Promise<number> {
    const { db, store } = this.#into;
    const { moved, differing } = await moveRows(store, db.deviceId, rows);
    this.#moved[name] += moved;
    for (const row of differing) {
      this.#moved.links += await moveCopy(store, db.deviceId, row, await linksOf(this.#from.store, row));
      this.#moved.copies += 1;
    }
    // Saves nothing, but tells the journal, its tabs and its backup of what was written beside it.
    if (moved + differing.length > 0) await db.content.saveAll([]);
    this.#tell(rows);
    return moved + differing.length;
  }

  async #moveFile(file: MarkedRow): Promise<number> {
    const { store } = this.#into;
    const isKnown = await store.transaction('read', ['settings'], (transaction) => isMarked(transaction, file));
    const moved: Moved = isKnown || this.#damaged.has(file.row.id) ? 'known' : await this.#copyFile(file.row);
    if (moved !== 'known') await store.transaction('write', ['settings'], (transaction) => mark(transaction, file));
    if (moved === 'moved') this.#moved.files += 1;
    if (moved === 'differs') this.#moved.copies += 1;
    this.#tell([file]);
    return moved === 'known' ? 0 : 1;
  }

  async #copyFile({ id, body }: LocalRow): Promise<Moved> {
    // The body of a row is what its resource says.
    const { contentId, fileName, mimeType, createdAt, sizeBytes, sha256 } = body as unknown as MediaBody;
    const { db, store } = this.#from;
    const there = await this.#into.db.media.get(id);
    const differs = there !== undefined && there.sha256 !== sha256;
    const file = { id: differs ? uuidV5(id, sha256) : id, contentId, fileName, mimeType, createdAt };
    try {
      // A read would ask the server for what is missing, and nobody is signed in there.
      if (!(await store.transaction('read', ['blobs'], (transaction) => isStored(transaction, id, sizeBytes)))) {
        throw new TransportError('DIGEST_MISMATCH', 'Bytes of the file are missing on this device');
      }
      await this.#into.db.media.add({ ...file, bytes: db.media.read(id) });
    } catch (error) {
      if (!(error instanceof TransportError) || error.code !== 'DIGEST_MISMATCH') throw error;
      this.#damaged.add(id);
      return 'known';
    }
    return differs ? 'differs' : 'moved';
  }

  #tell(looked: readonly MarkedRow[]): void {
    for (const { row } of looked) this.#looked.add(`${row.type} ${row.id}`);
    const done = this.#looked.size;
    this.#total = Math.max(this.#total, done);
    this.#onProgress({ done, total: this.#total });
  }
}

/** The rows of a kind that are not deleted, as they are when their turn comes. */
async function* batches(store: LocalStore, type: RowType): AsyncGenerator<MarkedRow[]> {
  for (let after: string | undefined; ;) {
    const from = after;
    const { last, rows } = await store.transaction('read', ['rows', 'outbox', 'media'], async (transaction) => {
      const all = await transaction.list('rows', {
        prefix: [type],
        ...(from !== undefined && { after: [type, from] }),
        limit: BATCH_ROWS,
      });
      return { last: all.at(-1)?.id, rows: await marked(transaction, all) };
    });
    if (last === undefined) return;
    if (rows.length > 0) yield rows;
    after = last;
  }
}
