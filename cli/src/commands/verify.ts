import { createHash } from 'node:crypto';
import type { MediaBody } from '@logdate/client';
import { compareWithServer, type Comparison, type Difference, type Matched } from '@logdate/client/compare';
import { openDevice, type OpenDevice } from '../device.js';
import { EXIT } from '../exit-codes.js';
import { readSnapshot, type LiveRow } from '@logdate/formats/snapshot';
import type { Terminal } from '../terminal.js';
import type { Command } from './context.js';

const SHOWN = 50;

/** Compares every row, and the bytes of every file, with the server. Changes nothing on either side. */
export const verify: Command<object> = async ({ settings, terminal, signal }) => {
  const device = await openDevice(settings, { signal });
  try {
    const { counts, differences } = await compare(device, terminal, signal);
    const files = await verifyFiles(device, terminal, signal);
    const all: Difference[] = [...differences.filter(({ type }) => type !== 'media'), ...files.differences];
    for (const row of differences.filter(({ type }) => type === 'media')) {
      if (!all.some(({ id }) => id === row.id)) all.push(row);
    }
    const filesMatching = counts.media.all - all.filter(({ type }) => type === 'media').length;
    const document = {
      matches: all.length === 0,
      entries: counts.content,
      journals: counts.journal,
      links: counts.association,
      files: { matching: filesMatching, all: counts.media.all },
      differences: all,
    };
    const of = ({ matching, all: total }: Matched) => `${matching} of ${total}`;
    terminal.result(document, [
      `${of(document.entries)} entries, ${of(document.files)} files match`,
      `${of(document.journals)} journals, ${of(document.links)} links match`,
      ...all.slice(0, SHOWN).map(({ type, id, difference }) => `  ${type} ${id} ${difference}`),
      ...(all.length > SHOWN ? [`  and ${all.length - SHOWN} more: --json names all`] : []),
      ...(all.length > 0 ? ['`logdate sync` brings both sides together'] : []),
    ]);
    return all.length > 0 ? EXIT.differs : EXIT.good;
  } finally {
    await device.close();
  }
};

/** What was not sent yet differs like anything else: `logdate sync` settles both. */
async function compare(
  { store, transport }: OpenDevice,
  terminal: Terminal,
  signal: AbortSignal,
): Promise<Pick<Comparison, 'counts' | 'differences'>> {
  const progress = terminal.progress('Reading ', 0, 'rows');
  try {
    const onProgress = ({ done, total }: { done: number; total: number }) => progress.update(done, total);
    const { counts, differences, waiting } = await compareWithServer({ store, transport, signal, onProgress });
    const key = ({ type, id }: Difference) => `${type} ${id}`;
    const all = [...differences, ...waiting].sort((one, other) => (key(one) < key(other) ? -1 : 1));
    return { counts, differences: all };
  } finally {
    progress.stop();
  }
}

/** Reads the bytes of each file twice: those that the server has, and those that are kept here. */
async function verifyFiles(
  device: OpenDevice,
  terminal: Terminal,
  signal: AbortSignal,
): Promise<{ differences: Difference[] }> {
  const { media } = await readSnapshot(device.store);
  const differences: Difference[] = [];
  const progress = terminal.progress('Files   ', media.length, 'files');
  try {
    for (const [index, row] of media.entries()) {
      const difference = await differenceOf(device, row, signal);
      if (difference !== undefined) differences.push({ type: 'media', id: row.id, difference });
      progress.update(index + 1);
    }
  } finally {
    progress.stop();
  }
  return { differences };
}

async function differenceOf(
  device: OpenDevice,
  { id, body }: LiveRow<MediaBody>,
  signal: AbortSignal,
): Promise<string | undefined> {
  if (body.status !== 'READY') return 'is here and not yet on the server';
  if ((await digestOf(fromServer(device, id, body.sha256, signal))) !== body.sha256)
    return 'has other bytes on the server';
  const isHere = await device.store.transaction('read', ['blobs'], (transaction) =>
    transaction.count('blobs', { prefix: [id] }),
  );
  if (isHere > 0 && (await digestOf(device.db.media.read(id, { signal }))) !== body.sha256)
    return 'has other bytes here';
  return undefined;
}

async function* fromServer(
  { mediaTransport }: OpenDevice,
  id: string,
  sha256: string,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  yield* await mediaTransport.download(id, 0, sha256, signal);
}

/** What cannot be read to its end has no digest. */
async function digestOf(bytes: AsyncIterable<Uint8Array>): Promise<string | undefined> {
  const hash = createHash('sha256');
  try {
    for await (const piece of bytes) hash.update(piece);
  } catch {
    return undefined;
  }
  return hash.digest('hex');
}
