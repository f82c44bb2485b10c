import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { openDevice } from '../device.js';
import { CommandError, EXIT } from '../exit-codes.js';
import { writeExport } from '../export-zip.js';
import { readSnapshot } from '../snapshot.js';
import { count } from '../terminal.js';
import type { Command } from './context.js';

/** Writes everything into one ZIP: the same bytes on every device that is in sync. */
export const exportCommand: Command<{ force?: true }, [zip: string]> = async (
  { settings, terminal, signal },
  { force },
  zip,
) => {
  const path = resolve(zip);
  if (!force && (await stat(path).catch(() => undefined))) {
    throw new CommandError(EXIT.usage, `${path} is there already`, 'Choose another name, or overwrite it with --force');
  }
  const device = await openDevice(settings, { signal });
  try {
    const snapshot = await readSnapshot(device.store);
    const { files } = await writeExport(path, { db: device.db, snapshot, account: device.userId });
    const entries = snapshot.entries.length;
    terminal.result({ path, entries, journals: snapshot.journals.length, media: snapshot.media.length, files }, [
      `Wrote ${count(entries, 'entry', 'entries')} and ${count(snapshot.media.length, 'file')} to ${path}`,
    ]);
    return EXIT.good;
  } finally {
    await device.close();
  }
};
