// The ZIP of everything: the same rows make the same bytes, and a picture that cannot be read leaves no half ZIP.
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { unzipSync } from 'fflate';
import type { LocalRow, LogDate } from '@logdate/client';
import { writeExport } from '../src/export-zip.js';
import { rowOf, snapshotOf, USER } from './support/folder-state.js';

const ENTRY = { type: 'TEXT', content: 'A robin.', mediaUri: null, durationMs: 0, createdAt: -9_781_700_400_000 };
const PHOTO = {
  contentId: 'e',
  fileName: 'robin.png',
  mimeType: 'image/png',
  sizeBytes: 5,
  sha256: '',
  status: 'READY',
  createdAt: 1,
};
const ROWS = [rowOf('content', 'e', ENTRY), rowOf('content', 'f', ENTRY), rowOf('media', 'm', PHOTO)];

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'export-zip-'));
});
afterEach(() => rm(folder, { recursive: true }));

/** Media whose bytes come in these pieces, or end in this error. */
function mediaOf(...pieces: (string | Error)[]): Pick<LogDate, 'media'> {
  async function* read(): AsyncGenerator<Uint8Array> {
    for (const piece of pieces) {
      if (piece instanceof Error) throw piece;
      yield Buffer.from(piece);
    }
  }
  return { media: { read } as unknown as LogDate['media'] };
}

async function exported(rows: LocalRow[], db: Pick<LogDate, 'media'>): Promise<Buffer> {
  const path = join(folder, 'out.zip');
  await writeExport(path, { db, snapshot: snapshotOf(rows), account: USER });
  return readFile(path);
}

test('the order of fields in a row, and the pieces that a picture comes in, change nothing', async () => {
  const turned = ROWS.map((row) => ({ ...row, body: Object.fromEntries(Object.entries(row.body ?? {}).reverse()) }));
  expect(await exported(turned, mediaOf('by', 'tes'))).toEqual(await exported(ROWS, mediaOf('bytes')));
});

test('a row that waits to be sent says so', async () => {
  const files = unzipSync(await exported(ROWS, mediaOf('bytes')));
  const { content } = JSON.parse(new TextDecoder().decode(files['logdate.json'])) as { content: object[] };
  expect(content).toMatchObject([{ id: 'e', waitsToBeSent: true, serverVersion: null }, { id: 'f' }]);
});

test.each([
  ['cannot be read', mediaOf('by', new Error('The server is away')), 'The server is away'],
  ['has other bytes than it says', mediaOf('by'), /number of bytes/],
])('a picture that %s fails the export, and nothing is left behind', async (_, db, reason) => {
  await expect(exported(ROWS, db)).rejects.toThrow(reason);
  expect(await readdir(folder)).toEqual([]);
});
