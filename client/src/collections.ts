// The rows of this device as a person reads and writes them.
import type { Engine } from './engine.js';
import type { Edit, LocalEdits } from './local-edits.js';
import type { Collection, Entry, Fields, Links } from './log-date.js';
import { associationId, RESOURCES, type AssociationBody, type Body, type RowType } from './resources.js';
import type { Transaction } from './store.js';
import type { LocalRow, OutboxEntry } from './tables.js';

/** Journals or entries. */
export function collection<B extends object>(type: RowType, engine: Engine, edits: LocalEdits): Collection<B> {
  const read = <T>(body: (transaction: Transaction) => Promise<T>): Promise<T> =>
    engine.store.transaction('read', ['rows', 'outbox'], body);
  const edit = ({ id = engine.newId(), clientUpdatedAt, ...fields }: Fields<B>): Edit => {
    const given = Object.entries(fields).filter(([, value]) => value !== undefined);
    return {
      id,
      fields: Object.fromEntries(given) as Partial<Body>,
      ...(clientUpdatedAt !== undefined && { clientUpdatedAt }),
    };
  };
  return {
    get: (id) =>
      read(async (transaction) => {
        const row = await transaction.get('rows', [type, id]);
        return row?.status === 'live' ? entryOf<B>(transaction, row) : undefined;
      }),
    async save(fields, { seen } = {}) {
      const body = seen && bodyOf(type, seen);
      const [saved] = await edits.save(type, [{ ...edit(fields), seen: body }]);
      return shown<B>(saved?.row as LocalRow, saved?.entry);
    },
    async saveAll(rows) {
      await edits.save(type, rows.map(edit));
    },
    delete: (id) => edits.delete(type, id),
    list: ({ limit, after } = {}) =>
      read(async (transaction) => {
        const rows = await transaction.list('rows', {
          index: 'byDate',
          prefix: [type, 'live'],
          reverse: true,
          ...(limit !== undefined && { limit }),
          ...(after && { after: [type, 'live', after.createdAt, after.id] }),
        });
        return Promise.all(rows.map((row) => entryOf<B>(transaction, row)));
      }),
    count: () => read((transaction) => transaction.count('rows', { index: 'byDate', prefix: [type, 'live'] })),
  };
}

/** The links between journals and entries. */
export function links(engine: Engine, edits: LocalEdits): Links {
  const ends = (index: string, id: string): Promise<Entry<AssociationBody>[]> =>
    engine.store.transaction('read', ['rows', 'outbox'], async (transaction) => {
      const rows = await transaction.list('rows', { index, prefix: ['association', 'live', id] });
      return Promise.all(rows.map((row) => entryOf<AssociationBody>(transaction, row)));
    });
  const linkAll: Links['linkAll'] = async (all) => {
    const made = all.map(({ journalId, contentId, createdAt }) => ({
      id: associationId(journalId, contentId),
      fields: { journalId, contentId, ...(createdAt !== undefined && { createdAt }) },
    }));
    await edits.save('association', made);
  };
  return {
    linkAll,
    link: (journalId, contentId) => linkAll([{ journalId, contentId }]),
    unlink: (journalId, contentId) => edits.delete('association', associationId(journalId, contentId)),
    ofJournal: (journalId) => ends('byJournal', journalId),
    ofContent: (contentId) => ends('byContent', contentId),
  };
}

/** A row with what its outbox entry says of its backup. */
export async function entryOf<B extends object>(transaction: Transaction, row: LocalRow): Promise<Entry<B>> {
  return shown(row, await transaction.get('outbox', [row.type, row.id]));
}

function shown<B extends object>(row: LocalRow, entry: OutboxEntry | null | undefined): Entry<B> {
  // The body of a row is what its resource says.
  const body = row.body as unknown as B;
  return { ...body, id: row.id, clientUpdatedAt: row.clientUpdatedAt, backup: backupOf(entry) };
}

function backupOf(entry: OutboxEntry | null | undefined): Entry<object>['backup'] {
  if (!entry) return 'backed-up';
  return entry.held === 'no' ? 'waiting' : entry.held;
}

/** The fields of a row alone, without what is shown beside them. */
function bodyOf(type: RowType, seen: object): Body {
  const given = seen as Body;
  return Object.fromEntries(RESOURCES[type].fields.map((field) => [field, given[field] ?? null]));
}
