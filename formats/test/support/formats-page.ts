// What a browser does with the formats: reads its own export, as a page gives it, and writes one.
import { memoryStore } from '@logdate/client/memory';
import type { LocalRow, LogDate } from '@logdate/client';
import { exportJournal } from '../../src/export/export-journal.js';
import { openImport } from '../../src/import/open-import.js';

const page = {
  /** The bytes, in hexadecimal, of an export of these rows, whose pictures all have these bytes. */
  async exported(rows: LocalRow[], picture: string, userId: string): Promise<string> {
    const store = memoryStore();
    await store.transaction('write', ['rows'], async (transaction) => {
      for (const row of rows) await transaction.put('rows', row);
    });
    async function* read(): AsyncGenerator<Uint8Array> {
      yield new TextEncoder().encode(picture);
    }
    const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
    const whole = new Response(readable).bytes();
    await exportJournal({ store, db: { media: { read } as unknown as LogDate['media'] }, userId }, writable);
    return (await whole).reduce((text, byte) => text + byte.toString(16).padStart(2, '0'), '');
  },
  /** How many of each kind a ZIP brings, and the bytes of all its files. */
  async imported(zip: string, userId: string): Promise<{ entries: number; broken: string[]; bytes: number }> {
    const bytes = Uint8Array.from(zip.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
    const { items } = await openImport(new File([bytes], 'my.zip'), userId);
    let size = 0;
    for (const file of items.files) size += (await file.read()).length;
    return { entries: items.entries.length, broken: items.broken, bytes: size };
  },
};

export type FormatsPage = typeof page;
Object.assign(globalThis, { page });
