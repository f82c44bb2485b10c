import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { openDevice } from '../device.js';
import { CommandError, EXIT } from '../exit-codes.js';
import { planRestore, writeRestored } from '../folder/restore-files.js';
import { restoredFiles } from '@logdate/formats/markdown/restored-files';
import { readSnapshot } from '@logdate/formats/snapshot';
import { count } from '../terminal.js';
import type { Command } from './context.js';

/** Writes everything as Markdown and pictures. Other files of the same name are refused, unless `--force`. */
export const restore: Command<{ force?: true }, [folder: string]> = async (
  { settings, terminal, signal },
  { force },
  given,
) => {
  const folder = resolve(given);
  const there = await stat(folder).catch(() => undefined);
  if (there && !there.isDirectory()) throw new CommandError(EXIT.usage, `${folder} is not a folder`);
  const device = await openDevice(settings, { signal });
  try {
    const files = restoredFiles(await readSnapshot(device.store), device.userId);
    const plan = await planRestore(folder, files);
    if (plan.differing.length > 0 && !force) throw wouldOverwrite(folder, plan.differing);
    const { written, broken } = await writeRestored(folder, plan.toWrite, { db: device.db, terminal });
    terminal.result({ folder, written, unchanged: plan.same, broken }, [
      `Wrote ${count(written, 'file')} to ${folder}`,
      ...(plan.same > 0 ? [`${plan.same} were there already`] : []),
      ...broken.map((one) => `Could not be written: ${one}`),
    ]);
    return broken.length > 0 ? EXIT.differs : EXIT.good;
  } finally {
    await device.close();
  }
};

function wouldOverwrite(folder: string, differing: readonly string[]): CommandError {
  const named = differing.slice(0, 10).map((path) => `\n  ${path}`);
  const more = differing.length > named.length ? `\n  and ${differing.length - named.length} more` : '';
  const files = count(differing.length, 'file');
  return new CommandError(
    EXIT.differs,
    `${folder} holds ${files} of the same name that say something else; nothing was written:${named.join('')}${more}`,
    'Restore into a new folder, or overwrite them with --force',
  );
}
