// The ZIP of everything: the same rows make the same bytes, and a picture that cannot be read makes no ZIP.
import { expect, test } from '@jest/globals';
import { unzipSync } from 'fflate';
import type { LocalRow, LogDate } from '@logdate/client';
import { exportJournal, type ExportProgress } from '../src/export/export-journal.js';
import { collector, ENTRY, mediaOf, PHOTO, storeOf } from './support/kept-journal.js';
import { rowOf, USER } from './support/rows.js';

const ROWS = [rowOf('content', 'e', ENTRY), rowOf('content', 'f', ENTRY), rowOf('media', 'm', PHOTO)];
const MIB = 1024 * 1024;

async function exported(rows: LocalRow[], db: Pick<LogDate, 'media'>): Promise<Uint8Array> {
  const { writable, bytes } = collector();
  await exportJournal({ store: await storeOf(rows), db, userId: USER }, writable);
  return bytes();
}

test('the order of fields in a row, and the pieces that a picture comes in, change nothing', async () => {
  const turned = ROWS.map((row) => ({ ...row, body: Object.fromEntries(Object.entries(row.body ?? {}).reverse()) }));
  expect(await exported(turned, mediaOf('by', 'tes'))).toEqual(await exported(ROWS, mediaOf('bytes')));
});

test('nothing in it tells when, where or on what it was made', async () => {
  const zip = Buffer.from(await exported(ROWS, mediaOf('bytes')));
  const heads = [...positionsOf(zip, 'PK\x03\x04')];
  expect(heads).toHaveLength(4);
  for (const at of heads) {
    const [flags, time, date, extra] = [6, 10, 12, 28].map((field) => zip.readUInt16LE(at + field));
    // UTF-8 names, sizes before the bytes; 1 January 1980, midnight; no fields of a platform.
    expect({ flags, time, date, extra }).toEqual({ flags: 0x0800, time: 0, date: 0x21, extra: 0 });
  }
});

test('its files are in the order of their paths, behind the rows', async () => {
  const [first, ...paths] = Object.keys(unzipSync(await exported(ROWS, mediaOf('bytes'))));
  expect(first).toBe('logdate.json');
  expect(paths).toEqual(['No journal/1660-01-11 e.md', 'No journal/1660-01-11 f.md', 'No journal/files/m robin.png']);
});

test('a row that waits to be sent says so, and a picture where it lies', async () => {
  const files = unzipSync(await exported(ROWS, mediaOf('bytes')));
  const { content, media } = JSON.parse(new TextDecoder().decode(files['logdate.json'])) as {
    content: object[];
    media: { file: string }[];
  };
  expect(content).toMatchObject([{ id: 'e', waitsToBeSent: true, serverVersion: null }, { id: 'f' }]);
  expect(new TextDecoder().decode(files[media[0]?.file ?? ''])).toBe('bytes');
});

test('it tells how far it is, and what it held', async () => {
  const seen: ExportProgress[] = [];
  const counts = await exportJournal(
    { store: await storeOf(ROWS), db: mediaOf('bytes'), userId: USER },
    collector().writable,
    (progress) => seen.push(progress),
  );
  expect(counts).toEqual({ journals: 0, entries: 2, media: 1, files: 4 });
  expect(seen.map(({ done, total }) => `${done} of ${total}`)).toEqual([
    '0 of 4',
    '1 of 4',
    '2 of 4',
    '3 of 4',
    '4 of 4',
  ]);
});

test('a film is read no faster than it is written, and never held as a whole', async () => {
  const sizeBytes = 64 * MIB;
  let read = 0;
  let written = 0;
  let most = 0;
  const db = {
    media: {
      async *read() {
        for (; read < sizeBytes; read += MIB) yield new Uint8Array(MIB);
      },
    } as unknown as LogDate['media'],
  };
  const writable = new WritableStream<Uint8Array>({
    async write(piece) {
      await new Promise(setImmediate);
      written += piece.length;
      most = Math.max(most, read - written);
    },
  });
  const rows = [rowOf('content', 'e', ENTRY), rowOf('media', 'm', { ...PHOTO, sizeBytes })];
  await exportJournal({ store: await storeOf(rows), db, userId: USER }, writable);
  expect(written).toBeGreaterThan(sizeBytes);
  expect(most).toBeLessThan(16 * MIB);
});

test.each([
  ['cannot be read', mediaOf('by', new Error('The server is away')), 'The server is away'],
  ['has fewer bytes than it says', mediaOf('by'), /number of bytes/],
  ['has more bytes than it says', mediaOf('bytes', 'more'), /number of bytes/],
])('a picture that %s fails the export, and aborts what is written to', async (_, db, reason) => {
  const aborted: unknown[] = [];
  let isClosed = false;
  const writable = new WritableStream<Uint8Array>({
    abort: (error) => void aborted.push(error),
    close: () => {
      isClosed = true;
    },
  });
  const source = { store: await storeOf(ROWS), db, userId: USER };
  await expect(exportJournal(source, writable)).rejects.toThrow(reason);
  expect(aborted).toHaveLength(1);
  expect(isClosed).toBe(false);
});

test('a disk that is full fails the export with its own error', async () => {
  const full = new Error('ENOSPC');
  const writable = new WritableStream<Uint8Array>({
    write() {
      throw full;
    },
  });
  const source = { store: await storeOf(ROWS), db: mediaOf('bytes'), userId: USER };
  await expect(exportJournal(source, writable)).rejects.toBe(full);
});

function* positionsOf(bytes: Buffer, mark: string): Generator<number> {
  for (let at = bytes.indexOf(mark); at >= 0; at = bytes.indexOf(mark, at + 1)) yield at;
}
