// All live rows of this device, in an order that two devices in sync have alike.
import type {
  AssociationBody,
  Body,
  ContentBody,
  JournalBody,
  LocalRow,
  LocalStore,
  MediaBody,
  RowType,
} from '@logdate/client';

/** A live row: its body beside what the store knows of it. */
export interface LiveRow<B> {
  id: string;
  body: B;
  row: LocalRow;
}

/** What the journal holds now; tombstones are left out. */
export interface Snapshot {
  journals: LiveRow<JournalBody>[];
  entries: LiveRow<ContentBody>[];
  links: LiveRow<AssociationBody>[];
  media: LiveRow<MediaBody>[];
}

/** Reads everything in one transaction. Each list is ordered by creation, then by id. */
export async function readSnapshot(store: LocalStore): Promise<Snapshot> {
  return store.transaction('read', ['rows'], async (transaction) => {
    const live = async <B>(type: RowType): Promise<LiveRow<B>[]> => {
      const rows = await transaction.list('rows', { prefix: [type] });
      return rows
        .filter((row): row is LocalRow & { body: Body } => row.status === 'live' && row.body !== null)
        .map((row) => ({ id: row.id, body: row.body as B, row }))
        .sort(byCreation);
    };
    return {
      journals: await live<JournalBody>('journal'),
      entries: await live<ContentBody>('content'),
      links: await live<AssociationBody>('association'),
      media: await live<MediaBody>('media'),
    };
  });
}

function byCreation(one: LiveRow<unknown>, other: LiveRow<unknown>): number {
  const at = ({ row }: LiveRow<unknown>) => Number(row.body?.['createdAt'] ?? 0);
  return at(one) - at(other) || (one.id < other.id ? -1 : 1);
}

/** The rows of a list by a field of their body. */
export function groupBy<B>(rows: readonly LiveRow<B>[], field: keyof B & string): Map<string, LiveRow<B>[]> {
  const groups = new Map<string, LiveRow<B>[]>();
  for (const row of rows) {
    const key = String(row.body[field]);
    groups.set(key, [...(groups.get(key) ?? []), row]);
  }
  return groups;
}
