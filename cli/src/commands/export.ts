import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { openDevice } from '../device.js';
import { CommandError, EXIT } from '../exit-codes.js';
import { writeExport } from '../export-file.js';
import { withBars } from '../progress-bars.js';
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
    const { journals, entries, media, files } = await withBars(terminal, (show) => {
      return writeExport(path, device, show);
    });
    terminal.result({ path, entries, journals, media, files }, [
      `Wrote ${count(entries, 'entry', 'entries')} and ${count(media, 'file')} to ${path}`,
    ]);
    return EXIT.good;
  } finally {
    await device.close();
  }
};
