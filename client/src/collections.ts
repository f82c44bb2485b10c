// The rows of this device as a person reads and writes them.
import type { Engine } from './engine.js';
import type { Edit, LocalEdits } from './local-edits.js';
import type { Collection, Entry, Fields, Links } from './log-date.js';
import { associationId, type AssociationBody, type Body, type RowType } from './resources.js';
import type { Transaction } from './store.js';
import type { LocalRow, OutboxEntry } from './tables.js';

/** Journals or entries. */
export function collection<B extends object>(type: RowType, engine: Engine, edits: LocalEdits): Collection<B> {
  const read = <T>(body: (transaction: Transaction) => Promise<T>): Promise<T> =>
    engine.store.transaction('read', ['rows', 'outbox'], body);
  const get = (id: string): Promise<Entry<B> | undefined> =>
    read(async (transaction) => {
      const row = await transaction.get('rows', [type, id]);
      return row?.status === 'live' ? entryOf<B>(transaction, row) : undefined;
    });
  return {
    get,
    async save(fields) {
      const id = fields.id ?? engine.newId();
      await edits.save(type, [editOf({ ...fields, id })]);
      const saved = await get(id);
      if (saved === undefined) throw new Error(`${type} ${id} was deleted while it was saved`);
      return saved;
    },
    saveAll: (rows) =>
      edits.save(
        type,
        rows.map((row) => editOf({ ...row, id: row.id ?? engine.newId() })),
      ),
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
  const linkAll: Links['linkAll'] = (all) =>
    edits.save(
      'association',
      all.map(({ journalId, contentId, createdAt }) => ({
        id: associationId(journalId, contentId),
        fields: { journalId, contentId, ...(createdAt !== undefined && { createdAt }) },
      })),
    );
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
  const entry = await transaction.get('outbox', [row.type, row.id]);
  // The body of a row is what its resource says.
  const body = row.body as unknown as B;
  return { ...body, id: row.id, clientUpdatedAt: row.clientUpdatedAt, backup: backupOf(entry) };
}

function backupOf(entry: OutboxEntry | undefined): Entry<object>['backup'] {
  if (entry === undefined) return 'backed-up';
  return entry.held === 'no' ? 'waiting' : entry.held;
}

function editOf<B extends object>({ id, clientUpdatedAt, ...fields }: Fields<B> & { id: string }): Edit {
  return { id, fields: fields as unknown as Partial<Body>, ...(clientUpdatedAt !== undefined && { clientUpdatedAt }) };
}
