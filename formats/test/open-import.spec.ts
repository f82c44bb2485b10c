// What was exported comes back: under its own ids for the account that made it, as copies for every other one.
import { beforeAll, describe, expect, it } from '@jest/globals';
import { strFromU8, strToU8, unzipSync, zipSync } from 'fflate';
import { uuidV5, type LocalRow } from '@logdate/client';
import { exportJournal } from '../src/export/export-journal.js';
import type { ImportItems } from '../src/import/items.js';
import { openImport } from '../src/import/open-import.js';
import { planImport, readPresent } from '../src/import/plan.js';
import { collector, mediaOf, storeOf } from './support/kept-journal.js';
import { rowOf, USER } from './support/rows.js';
import { zipOf } from './support/zips.js';

const OTHER = '11111111-1111-4111-8111-111111111111';
const [J, E, M] = [1, 2, 3].map((n) => `5f0c8a52-4d7b-4a3e-9c57-2f0f3f4b1a1${n}`) as [string, string, string];
const ENTRY = { type: 'TEXT', content: 'A robin.\n', mediaUri: null, durationMs: 0, createdAt: -9_781_700_400_000 };
const ROWS: LocalRow[] = [
  rowOf('journal', J, { title: 'Garden', description: 'Birds', createdAt: 5 }, 6),
  rowOf('content', E, ENTRY, 7),
  rowOf('association', `${J}:${E}`, { journalId: J, contentId: E, createdAt: 8 }),
  rowOf('media', M, {
    contentId: E,
    fileName: 'a robin.png',
    mimeType: 'image/png',
    sizeBytes: 5,
    sha256: '',
    status: 'READY',
    createdAt: 9,
  }),
];

let zip: Uint8Array<ArrayBuffer>;
beforeAll(async () => {
  const { writable, bytes } = collector();
  await exportJournal({ store: await storeOf(ROWS), db: mediaOf('bytes'), userId: USER }, writable);
  zip = new Uint8Array(bytes());
});

async function itemsOf(bytes: Uint8Array<ArrayBuffer>, userId = USER): Promise<ImportItems> {
  return (await openImport(new File([bytes], 'my.zip'), userId)).items;
}

describe('an export of LogDate', () => {
  it('brings everything back to the account that made it, to the field and the byte', async () => {
    const { journals, entries, links, files, broken } = await itemsOf(zip);
    expect(broken).toEqual([]);
    expect(journals).toEqual([{ id: J, title: 'Garden', description: 'Birds', createdAt: 5, clientUpdatedAt: 6 }]);
    expect(entries).toEqual([{ id: E, ...ENTRY, clientUpdatedAt: 7 }]);
    expect(links).toEqual([{ journalId: J, contentId: E, createdAt: 8 }]);
    expect(files).toMatchObject([
      { id: M, contentId: E, fileName: 'a robin.png', mimeType: 'image/png', createdAt: 9 },
    ]);
    expect(strFromU8((await files[0]?.read()) ?? new Uint8Array())).toBe('bytes');
  });

  it('brings nothing to a device that has it all', async () => {
    const items = await itemsOf(zip);
    const plan = planImport(items, await readPresent(await storeOf(ROWS), items));
    expect(plan).toEqual({
      journals: [],
      entries: [],
      links: [],
      files: [],
      unchanged: 2,
      editedHere: 0,
      editedEntries: [],
      deletedHere: 0,
    });
  });

  it('makes copies for another account, the same ones each time', async () => {
    const items = await itemsOf(zip, OTHER);
    expect(items.entries[0]).toMatchObject({ id: uuidV5(OTHER, E), content: ENTRY.content });
    expect(items.links).toEqual([{ journalId: items.journals[0]?.id, contentId: items.entries[0]?.id, createdAt: 8 }]);
    expect(items.files[0]).toMatchObject({ id: uuidV5(OTHER, M), contentId: items.entries[0]?.id });
  });

  it('is found too where it was unpacked and packed again with a folder around it', async () => {
    const files = Object.entries(unzipSync(zip)).map(([path, bytes]) => [`my journal/${path}`, bytes] as const);
    const items = await itemsOf(zipSync(Object.fromEntries(files)));
    expect(items.broken).toEqual([]);
    expect(strFromU8((await items.files[0]?.read()) ?? new Uint8Array())).toBe('bytes');
  });

  it('names the rows that cannot be read, and brings the others', async () => {
    const items = await itemsOf(
      changed((document) => {
        document['content']?.push({ ...document['content'][0], id: 7 }, 'no row', {
          ...document['content'][0],
          type: 'POEM',
        });
        document['journals']?.push({ ...document['journals'][0], createdAt: '1660' });
        document['media']?.push({ ...document['media'][0], file: '../robin.png' });
      }),
    );
    expect(items).toMatchObject({ journals: [{ id: J }], entries: [{ id: E }], files: [{ id: M }] });
    expect(items.broken).toEqual([
      'logdate.json, journals 2: createdAt is not a whole number',
      'logdate.json, content 2: id is not a text',
      'logdate.json, content 3: type is none of TEXT, IMAGE, VIDEO, AUDIO',
      'logdate.json, content 4: type is none of TEXT, IMAGE, VIDEO, AUDIO',
      'logdate.json, media 2: ../robin.png is not in the export',
    ]);
  });

  it('is refused when a later release wrote it in another form, or it is none', async () => {
    const later = changed((document) => void Object.assign(document, { formatVersion: 2 }));
    await expect(itemsOf(later)).rejects.toThrow('logdate.json: written by another release');
    await expect(itemsOf(zipOf({ 'logdate.json': '{}' }))).rejects.toThrow('logdate.json: not an export of LogDate');
    await expect(itemsOf(zipOf({ 'logdate.json': '{' }))).rejects.toThrow('logdate.json: not valid JSON');
  });
});

describe('an export of Day One', () => {
  const day = (photo: object) =>
    JSON.stringify({ entries: [{ uuid: 'A1', creationDate: '1660-01-11T21:00:00Z', text: 'x', photos: [photo] }] });

  it('brings its photos by their digest, also from a ZIP with a folder around everything', async () => {
    const items = await itemsOf(
      zipOf({ 'my/Diary.json': day({ md5: 'AB01', identifier: 'P' }), 'my/photos/ab01.jpeg': 'jpeg' }),
    );
    expect(items.journals).toMatchObject([{ title: 'Diary', id: uuidV5(USER, 'Diary') }]);
    expect(items.files).toMatchObject([
      { id: uuidV5(USER, 'A1 P'), contentId: uuidV5(USER, 'A1'), fileName: 'ab01.jpeg', mimeType: 'image/jpeg' },
    ]);
    expect(strFromU8((await items.files[0]?.read()) ?? new Uint8Array())).toBe('jpeg');
  });

  it('names a photo that is not there, and one that is damaged only when it is read', async () => {
    const missing = await itemsOf(zipOf({ 'Diary.json': day({ md5: 'ab' }) }));
    expect(missing.broken).toEqual(['entry A1: photos/ab is not in the export']);
    const bytes = Buffer.from(
      zipSync({ 'Diary.json': strToU8(day({ md5: 'ab' })), 'photos/ab.jpeg': strToU8('JPEG') }, { level: 0 }),
    );
    bytes.writeUInt8(0, bytes.indexOf('JPEG'));
    const damaged = await itemsOf(new Uint8Array(bytes));
    await expect(damaged.files[0]?.read()).rejects.toThrow('my.zip: photos/ab.jpeg is damaged: its checksum differs');
  });

  it('refuses a photo of more than 512 MiB before any of it is read', async () => {
    const bytes = Buffer.from(zipOf({ 'Diary.json': day({ md5: 'ab' }), 'photos/ab.jpeg': 'JPEG' }));
    bytes.writeUInt32LE(600 * 1024 * 1024, bytes.lastIndexOf('PK\x01\x02') + 24);
    const { files } = await itemsOf(new Uint8Array(bytes));
    await expect(files[0]?.read()).rejects.toThrow('photos/ab.jpeg is too large');
  });
});

type Rows = Record<string, unknown[]>;

/** The export with another logdate.json. */
function changed(change: (document: Record<string, any[]>) => void): Uint8Array<ArrayBuffer> {
  const files = unzipSync(zip);
  const document = JSON.parse(strFromU8(files['logdate.json'] ?? new Uint8Array())) as Rows;
  change(document);
  return zipSync({ ...files, 'logdate.json': strToU8(JSON.stringify(document)) });
}
