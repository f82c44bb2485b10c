// Holds the journal of this device against the server's, row by row, reading every feed from 0. It changes nothing.
import { ROW_TYPES, type RemoteRow, type RowType } from './resources.js';
import type { LocalStore } from './store.js';
import type { LocalRow } from './tables.js';
import type { Transport } from './transport.js';

const PAGE_ROWS = 1_000;

/** Of one kind: how many rows there are on either side, and how many are the same. */
export interface Matched {
  matching: number;
  all: number;
}

/** One row that is not the same on both sides. */
export interface Difference {
  type: RowType;
  id: string;
  /** In words that go on after the name of the row, as `is on the server and not here`. */
  difference: string;
}

/** How two sides compare, each list in the order of kind and id. */
export interface Comparison {
  counts: Record<RowType, Matched>;
  /** What the backup does not have as this device has it, or has and this device has not. */
  differences: Difference[];
  /** What differs because a change of this device was not sent yet, or waits for the person: no fault of the backup. */
  waiting: Difference[];
}

export interface CompareOptions {
  store: LocalStore;
  transport: Pick<Transport, 'pull'>;
  signal?: AbortSignal;
  /** Told after each page: rows of the server that were read, and how many there are as far as it is known. */
  onProgress?: (progress: { done: number; total: number }) => void;
}

/**
 * Reads every row and tombstone of the server, and compares all rows of both sides.
 * @throws TransportError, or the reason of `signal`
 */
export async function compareWithServer(options: CompareOptions): Promise<Comparison> {
  const reading = new ServerReading(options);
  await reading.readOn();
  let here = await readHere(options.store);
  // Sent or fetched while the feeds were read: what the server has of that is behind what was read.
  if (here.rows.some(({ type, base }) => base !== null && base.updatedAt > reading.since[type])) {
    await reading.readOn();
    here = await readHere(options.store);
  }
  return compareRows(here.rows, [...reading.rows.values()], here.unsent);
}

class ServerReading {
  readonly rows = new Map<string, RemoteRow>();
  /** How far each feed was read. */
  readonly since: Record<RowType, number> = { journal: 0, content: 0, association: 0, media: 0 };
  readonly #options: CompareOptions;

  constructor(options: CompareOptions) {
    this.#options = options;
  }

  /** Reads each feed from where it was read to, up to its end. */
  async readOn(): Promise<void> {
    const { transport, signal = new AbortController().signal, onProgress } = this.#options;
    for (let feeds: readonly RowType[] = ROW_TYPES; feeds.length > 0;) {
      const since = Object.fromEntries(feeds.map((type) => [type, this.since[type]]));
      const pages = await transport.pull({ since, limit: PAGE_ROWS, withDeletions: true }, signal);
      let remaining = 0;
      for (const type of feeds) {
        const page = pages[type];
        if (page === undefined) continue;
        for (const row of page.rows) this.rows.set(keyOf(row), row);
        this.since[type] = page.lastTimestamp;
        remaining += page.remaining;
      }
      feeds = feeds.filter((type) => pages[type]?.hasMore);
      onProgress?.({ done: this.rows.size, total: this.rows.size + remaining });
    }
  }
}

/** The rows of this device, and the keys of those that have a change which the server has not. */
function readHere(store: LocalStore): Promise<{ rows: LocalRow[]; unsent: ReadonlySet<string> }> {
  return store.transaction('read', ['rows', 'outbox', 'media'], async (transaction) => {
    const files = await transaction.list('media');
    const unsent = [...(await transaction.list('outbox')), ...files.map(({ id }) => ({ type: 'media', id }) as const)];
    return { rows: await transaction.list('rows'), unsent: new Set(unsent.map(keyOf)) };
  });
}

/** Compares all rows of both sides. Deleted rows are no difference where both have none. */
export function compareRows(
  here: readonly LocalRow[],
  there: readonly RemoteRow[],
  unsent: ReadonlySet<string> = new Set(),
): Comparison {
  const local = new Map(here.filter(({ status }) => status === 'live').map((row) => [keyOf(row), row]));
  const remote = new Map(there.filter(({ status }) => status === 'live').map((row) => [keyOf(row), row]));
  const counts = Object.fromEntries(ROW_TYPES.map((type) => [type, { matching: 0, all: 0 }])) as Comparison['counts'];
  const compared: Comparison = { counts, differences: [], waiting: [] };
  for (const key of [...new Set([...remote.keys(), ...local.keys()])].sort()) {
    const [mine, theirs] = [local.get(key), remote.get(key)];
    const { type, id } = (mine ?? theirs) as { type: RowType; id: string };
    const difference = differenceOf(mine, theirs);
    counts[type].all += 1;
    if (difference === undefined) counts[type].matching += 1;
    else compared[unsent.has(key) ? 'waiting' : 'differences'].push({ type, id, difference });
  }
  return compared;
}

function keyOf({ type, id }: { type: RowType; id: string }): string {
  return `${type} ${id}`;
}

function differenceOf(mine: LocalRow | undefined, theirs: RemoteRow | undefined): string | undefined {
  if (theirs === undefined)
    return mine?.base ? 'is here and no longer on the server' : 'is here and not yet on the server';
  if (mine === undefined) return 'is on the server and not here';
  const fields = new Set([...Object.keys(mine.body ?? {}), ...Object.keys(theirs.body ?? {})]);
  const differing = [...fields].filter((field) => mine.body?.[field] !== theirs.body?.[field]);
  if (differing.length > 0) return `differs in ${differing.sort().join(', ')}`;
  if (mine.base?.version !== theirs.version)
    return `has version ${theirs.version} on the server, ${mine.base?.version ?? 'none'} here`;
  return undefined;
}
