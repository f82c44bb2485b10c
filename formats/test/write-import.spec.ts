// Writing an import: everything of the plan, told step by step; a file that cannot be read keeps no other back.
import { expect, test } from '@jest/globals';
import type { LogDate } from '@logdate/client';
import { ImportError } from '../src/import/export-files.js';
import type { EntryItem, FileItem } from '../src/import/items.js';
import type { ImportPlan } from '../src/import/plan.js';
import { writeImport } from '../src/import/write-import.js';

const NOTHING: ImportPlan = {
  journals: [],
  entries: [],
  links: [],
  files: [],
  unchanged: 0,
  editedHere: 0,
  editedEntries: [],
  deletedHere: 0,
};

/** A journal that only remembers how many rows and which files it was given. */
function journal(add: (id: string) => void = () => {}) {
  const written: string[] = [];
  const all = (what: string) => async (rows: readonly unknown[]) => void written.push(`${rows.length} ${what}`);
  const db = {
    journals: { saveAll: all('journals') },
    content: { saveAll: all('entries') },
    associations: { linkAll: all('links') },
    media: {
      async add({ id }: { id: string }) {
        add(id);
        written.push(id);
      },
    },
  } as unknown as Pick<LogDate, 'journals' | 'content' | 'associations' | 'media'>;
  return { db, written };
}

test('each kind is told from 0 to its total, and one of which there is none is not', async () => {
  const { db, written } = journal();
  const entries = Array.from({ length: 450 }, (_, index) => ({ id: String(index) }) as EntryItem);
  const told: string[] = [];
  await writeImport(db, { ...NOTHING, entries, files: [file('a')] }, ({ what, done, total }) => {
    told.push(`${what} ${done}/${total}`);
  });
  expect(told).toEqual([
    'entries 0/450',
    'entries 200/450',
    'entries 400/450',
    'entries 450/450',
    'files 0/1',
    'files 1/1',
  ]);
  expect(written).toEqual(['200 entries', '200 entries', '50 entries', 'a']);
});

test('a file that cannot be read is named once, and the others are written', async () => {
  const { db, written } = journal();
  const files = [
    file('a', new ImportError('my.zip: photos/a.jpeg is damaged')),
    file('b', new Error('EIO')),
    file('c'),
  ];
  const { broken } = await writeImport(db, { ...NOTHING, files });
  expect(broken).toEqual(['my.zip: photos/a.jpeg is damaged', 'photos/b.jpeg: EIO']);
  expect(written).toEqual(['c']);
});

test('a device without room ends the import: nothing is left out in silence', async () => {
  const { db } = journal(() => {
    throw new Error('full');
  });
  await expect(writeImport(db, { ...NOTHING, files: [file('a')] })).rejects.toThrow('full');
});

function file(id: string, error?: Error): FileItem {
  return {
    id,
    contentId: 'e',
    fileName: `${id}.jpeg`,
    mimeType: 'image/jpeg',
    createdAt: 1,
    source: `photos/${id}.jpeg`,
    read: async () => {
      if (error) throw error;
      return new Uint8Array(3);
    },
  };
}
