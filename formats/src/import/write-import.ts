// Writes what an import needs into the journal of this device; sending it is the engine's work.
import type { LogDate } from '@logdate/client';
import { ImportError } from './export-files.js';
import type { FileItem } from './items.js';
import type { ImportPlan } from './plan.js';

/** Rows in one local transaction: large enough to be fast, small enough for a bar to move. */
const BATCH = 200;

/** How far an import is with one kind of thing; kinds come one after the other, each from 0 to its total. */
export interface ImportProgress {
  what: 'journals' | 'entries' | 'links' | 'files';
  done: number;
  total: number;
}

/** Writes the plan. Files that cannot be read are named in `broken`, others go on. */
export async function writeImport(
  db: Pick<LogDate, 'journals' | 'content' | 'associations' | 'media'>,
  plan: ImportPlan,
  onProgress: (progress: ImportProgress) => void = () => {},
): Promise<{ broken: string[] }> {
  const broken: string[] = [];
  await inBatches('journals', plan.journals, (batch) => db.journals.saveAll(batch), onProgress);
  await inBatches('entries', plan.entries, (batch) => db.content.saveAll(batch), onProgress);
  await inBatches('links', plan.links, (batch) => db.associations.linkAll(batch), onProgress);
  await onEach(plan.files, onProgress, async ({ source, read, ...file }) => {
    const bytes = await read().catch((error: unknown) => void broken.push(reasonOf(error, source)));
    if (bytes) await db.media.add({ ...file, bytes });
  });
  return { broken };
}

async function inBatches<T>(
  what: ImportProgress['what'],
  items: readonly T[],
  write: (batch: T[]) => Promise<void>,
  onProgress: (progress: ImportProgress) => void,
): Promise<void> {
  const total = items.length;
  if (total > 0) onProgress({ what, done: 0, total });
  for (let from = 0; from < total; from += BATCH) {
    await write(items.slice(from, from + BATCH));
    onProgress({ what, done: Math.min(from + BATCH, total), total });
  }
}

async function onEach(
  files: readonly FileItem[],
  onProgress: (progress: ImportProgress) => void,
  write: (file: FileItem) => Promise<void>,
): Promise<void> {
  const total = files.length;
  if (total > 0) onProgress({ what: 'files', done: 0, total });
  for (const [index, file] of files.entries()) {
    await write(file);
    onProgress({ what: 'files', done: index + 1, total });
  }
}

/** An ImportError names its file itself. */
function reasonOf(error: unknown, source: string): string {
  if (error instanceof ImportError) return error.message;
  return `${source}: ${error instanceof Error ? error.message : String(error)}`;
}
