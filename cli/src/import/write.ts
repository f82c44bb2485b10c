// Writes what an import needs into the journal of this device; sending it is the engine's work.
import type { LogDate } from '@logdate/client';
import type { Terminal } from '../terminal.js';
import type { FileItem } from './items.js';
import type { ImportPlan } from './plan.js';

/** Rows in one local transaction: large enough to be fast, small enough for a bar to move. */
const BATCH = 200;

/** Writes the plan, with a bar for each kind that takes long. Files that cannot be read are named, others go on. */
export async function writeImport(db: LogDate, plan: ImportPlan, terminal: Terminal): Promise<{ broken: string[] }> {
  await db.journals.saveAll(plan.journals);
  await inBatches('Entries', plan.entries, terminal, (batch) => db.content.saveAll(batch));
  await inBatches('Links', plan.links, terminal, (batch) => db.associations.linkAll(batch));
  return { broken: await addFiles(db, plan.files, terminal) };
}

async function inBatches<T>(
  label: string,
  items: readonly T[],
  terminal: Terminal,
  write: (batch: T[]) => Promise<void>,
): Promise<void> {
  if (items.length === 0) return;
  const progress = terminal.progress(label.padEnd(8), items.length, label.toLowerCase());
  try {
    for (let from = 0; from < items.length; from += BATCH) {
      await write(items.slice(from, from + BATCH));
      progress.update(Math.min(from + BATCH, items.length));
    }
  } finally {
    progress.stop();
  }
}

async function addFiles(db: LogDate, files: readonly FileItem[], terminal: Terminal): Promise<string[]> {
  if (files.length === 0) return [];
  const broken: string[] = [];
  const progress = terminal.progress('Files'.padEnd(8), files.length, 'files');
  try {
    for (const [index, { source, read, ...file }] of files.entries()) {
      const bytes = await read().catch((error: unknown) => {
        broken.push(`${source}: ${error instanceof Error ? error.message : String(error)}`);
      });
      if (bytes) await db.media.add({ ...file, bytes });
      progress.update(index + 1);
    }
  } finally {
    progress.stop();
  }
  return broken;
}
