// Everything in one ZIP: Markdown and pictures as `restore` writes them, and logdate.json with every field of the protocol.
// Two devices in sync make the same bytes: sorted, uncompressed (zlib's output depends on its version), one fixed time.
import { createWriteStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import yazl from 'yazl';
import type { LogDate } from '@logdate/client';
import { replace } from './markdown/restore-files.js';
import { restoredFiles, type RestoredFile } from './markdown/restored-files.js';
import type { LiveRow, Snapshot } from './snapshot.js';

/** In local time, as ZIP has it: the same numbers in every zone. */
const FIXED_TIME = new Date(1980, 0, 1);
const OPTIONS = { mtime: FIXED_TIME, mode: 0o100644, compress: false, forceDosTimestamp: true };

/** Writes the ZIP to `path`, whole or not at all. */
export async function writeExport(
  path: string,
  { db, snapshot, account }: { db: Pick<LogDate, 'media'>; snapshot: Snapshot; account: string },
): Promise<{ files: number }> {
  const files = restoredFiles(snapshot, account).sort((one, other) => (one.path < other.path ? -1 : 1));
  await replace(path, (temporary) => writeZip(temporary, { db, rows: writeRows(snapshot, account), files }));
  return { files: files.length + 1 };
}

function writeZip(
  path: string,
  { db, rows, files }: { db: Pick<LogDate, 'media'>; rows: string; files: readonly RestoredFile[] },
): Promise<void> {
  const zip = new yazl.ZipFile();
  const output = zip.outputStream as Readable;
  // Before anything is added: an error that comes first would have nobody to hear it.
  const written = pipeline(output, createWriteStream(path, { flags: 'wx' }));
  // yazl waits for a picture that cannot be read for ever: its failure has to end the ZIP.
  const fail = (error: Error) => void output.destroy(error);
  zip.on('error', fail);
  zip.addBuffer(Buffer.from(rows), 'logdate.json', OPTIONS);
  for (const file of files) {
    if ('text' in file) zip.addBuffer(Buffer.from(file.text), file.path, OPTIONS);
    else {
      const { id, body } = file.media;
      zip.addReadStreamLazy(file.path, { ...OPTIONS, size: body.sizeBytes }, (open) => {
        open(null, Readable.from(db.media.read(id)).on('error', fail));
      });
    }
  }
  zip.end();
  return written;
}

/** Every live row with every field of the protocol, ordered by creation and id. Rows that wait to be sent say so. */
export function writeRows(snapshot: Snapshot, account: string): string {
  const document = {
    format: 'logdate-export',
    formatVersion: 1,
    account,
    journals: snapshot.journals.map(fieldsOf),
    content: snapshot.entries.map(fieldsOf),
    associations: snapshot.links.map(fieldsOf),
    media: snapshot.media.map(fieldsOf),
  };
  return `${JSON.stringify(document, null, 1)}\n`;
}

function fieldsOf({ id, body, row }: LiveRow<object>): Record<string, unknown> {
  const { base } = row;
  const isSent =
    base !== null && base.status === 'live' && JSON.stringify(sorted(base.body ?? {})) === JSON.stringify(sorted(body));
  return {
    id,
    ...sorted(body),
    clientUpdatedAt: row.clientUpdatedAt,
    serverVersion: base?.version ?? null,
    updatedAt: base?.updatedAt ?? null,
    deviceId: base?.deviceId ?? null,
    mutationId: base?.mutationId ?? null,
    ...(isSent ? {} : { waitsToBeSent: true }),
  };
}

// Devices make their rows in different ways: the order of fields must not depend on that.
function sorted(body: object): Record<string, unknown> {
  return Object.fromEntries(Object.entries(body).sort(([one], [other]) => (one < other ? -1 : 1)));
}
