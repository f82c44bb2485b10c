// Holds the journal of this device against the server's, row by row, reading every feed from 0.
import type { LocalRow, RemoteRow, RowType, Transport } from '@logdate/client';

const TYPES: readonly RowType[] = ['journal', 'content', 'association', 'media'];
const PAGE_ROWS = 1_000;

/** Of one kind: how many rows there are on either side, and how many are the same. */
export interface Matched {
  matching: number;
  all: number;
}

/** What differs, in words that name the row. */
export interface Comparison {
  counts: Record<RowType, Matched>;
  differences: { type: RowType; id: string; difference: string }[];
}

/** Reads every row and tombstone of the server, page by page. */
export async function readServer(
  transport: Transport,
  signal: AbortSignal,
  onPage: (read: number, total: number) => void = () => {},
): Promise<RemoteRow[]> {
  const rows: RemoteRow[] = [];
  let since: Partial<Record<RowType, number>> = { journal: 0, content: 0, association: 0, media: 0 };
  while (Object.keys(since).length > 0) {
    const pages = await transport.pull({ since, limit: PAGE_ROWS, withDeletions: true }, signal);
    const next: Partial<Record<RowType, number>> = {};
    let remaining = 0;
    for (const type of TYPES) {
      const page = pages[type];
      if (!page) continue;
      rows.push(...page.rows);
      remaining += page.remaining;
      if (page.hasMore) next[type] = page.lastTimestamp;
    }
    since = next;
    onPage(rows.length, rows.length + remaining);
  }
  return rows;
}

/** Compares all rows of both sides. Deleted rows are no difference where both have none. */
export function compareRows(here: readonly LocalRow[], there: readonly RemoteRow[]): Comparison {
  const keyOf = ({ type, id }: { type: RowType; id: string }) => `${type} ${id}`;
  const local = new Map(here.filter(({ status }) => status === 'live').map((row) => [keyOf(row), row]));
  const remote = new Map(there.filter(({ status }) => status === 'live').map((row) => [keyOf(row), row]));
  const counts = Object.fromEntries(TYPES.map((type) => [type, { matching: 0, all: 0 }])) as Comparison['counts'];
  const differences: Comparison['differences'] = [];
  for (const key of [...new Set([...remote.keys(), ...local.keys()])].sort()) {
    const [mine, theirs] = [local.get(key), remote.get(key)];
    const { type, id } = (mine ?? theirs) as { type: RowType; id: string };
    const difference = differenceOf(mine, theirs);
    counts[type].all += 1;
    if (difference === undefined) counts[type].matching += 1;
    else differences.push({ type, id, difference });
  }
  return { counts, differences };
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
