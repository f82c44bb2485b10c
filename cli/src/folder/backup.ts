// One folder of Markdown and pictures, backed up: looks at it as often as asked, and writes what changed into the journal.
import { createReadStream } from 'node:fs';
import { basename, join } from 'node:path';
import type { LocalRow, LocalStore, LogDate, RowType } from '@logdate/client';
import { mergeSentences } from '@logdate/client/merge-sentences';
import type { Terminal } from '../terminal.js';
import type { DeletionGuard } from './deletions.js';
import type { FolderPlan } from './folder-plan.js';
import type { FolderState } from './folder-state.js';
import { knownFiles, type KnownFile, type KnownFiles } from './known-files.js';
import { planFolder } from './plan.js';
import { followRenames } from './renames.js';
import { scanFolder, type Cache, type Scan } from './scan.js';

/** What one look found and did. */
export interface Look {
  plan: FolderPlan;
  /** Files that could not be read. */
  broken: string[];
  /** Files that are gone and whose entries wait for a person's word. */
  unconfirmed: string[];
  /** Files that are gone since a moment: look again. */
  tooSoon: string[];
}

/** The journal that a folder goes into. */
export interface Target {
  db: LogDate;
  store: LocalStore;
  userId: string;
  terminal: Terminal;
}

/** Entries in one local transaction. */
const BATCH = 200;

/** A folder and what is known of it. */
export class FolderBackup {
  private readonly cache: Cache = new Map();
  private readonly records: KnownFiles;

  /** `folder` is an absolute path; without a guard nothing is ever deleted. */
  constructor(
    private readonly target: Target,
    private readonly folder: string,
    private readonly guard?: DeletionGuard,
  ) {
    this.records = knownFiles(target.store, folder);
  }

  /** Looks once. Throws when the folder is not there: then nothing is changed. */
  async look(): Promise<Look> {
    const before = await this.records.read();
    this.rememberDigests(before);
    const scan = await this.scan();
    const { known, forget } = followRenames(scan.files, before);
    const gone = this.gonePaths(known, [...scan.files.map(({ path }) => path), ...scan.unreadable]);
    const { tooSoon, unconfirmed } = this.guard?.judge(gone, scan.files.length) ?? { tooSoon: gone, unconfirmed: [] };
    const held = new Set([...tooSoon, ...unconfirmed, ...scan.unreadable]);

    const plan = planFolder({ ...(await this.state()), files: scan.files, known, held });
    const broken = [...scan.broken, ...(await this.apply(plan))];
    await this.records.write({ keep: plan.records, forget: [...forget, ...plan.forget] });
    this.guard?.deleted(plan.forget.length);
    return { plan, broken, unconfirmed, tooSoon: this.guard ? tooSoon : [] };
  }

  /** A folder that is not there is an empty one only where a person said that its entries may go. */
  private async scan(): Promise<Scan> {
    try {
      return await scanFolder(this.folder, this.cache);
    } catch (error) {
      const isMissing = (error as NodeJS.ErrnoException).code === 'ENOENT';
      if (isMissing && this.guard?.confirmed) return { files: [], broken: [], unreadable: [] };
      throw error;
    }
  }

  // A picture that was hashed in an earlier run is not read again while its time and size stand.
  private rememberDigests(before: readonly KnownFile[]): void {
    for (const { path, mtimeMs, size, sha256 } of before) {
      if (!this.cache.has(path)) this.cache.set(path, { mtimeMs, size, sha256, text: undefined });
    }
  }

  private gonePaths(known: readonly KnownFile[], present: readonly string[]): string[] {
    const there = new Set(present);
    return known.map(({ path }) => path).filter((path) => !there.has(path));
  }

  private async state(): Promise<Omit<FolderState, 'files' | 'known' | 'held'>> {
    const rows = new Map<string, LocalRow>();
    const queued = new Set<string>();
    await this.target.store.transaction('read', ['rows', 'media'], async (transaction) => {
      for (const row of await transaction.list('rows')) rows.set(`${row.type} ${row.id}`, row);
      for (const { id } of await transaction.list('media')) queued.add(id);
    });
    const journals = [...rows.values()].filter(({ type, status }) => type === 'journal' && status === 'live');
    journals.sort((one, other) => (one.id < other.id ? -1 : 1));
    return {
      userId: this.target.userId,
      name: basename(this.folder),
      row: (type: RowType, id: string) => rows.get(`${type} ${id}`),
      isQueued: (id) => queued.has(id),
      journalTitled: (title) => journals.find(({ body }) => body?.['title'] === title)?.id,
      mergeText: mergeSentences,
    };
  }

  private async apply(plan: FolderPlan): Promise<string[]> {
    const { db, terminal } = this.target;
    if (plan.journals.length > 0) await db.journals.saveAll(plan.journals);
    const progress =
      plan.entries.length > BATCH ? terminal.progress('Entries', plan.entries.length, 'entries') : undefined;
    for (let from = 0; from < plan.entries.length; from += BATCH) {
      await db.content.saveAll(plan.entries.slice(from, from + BATCH));
      progress?.update(Math.min(from + BATCH, plan.entries.length));
    }
    progress?.stop();
    if (plan.links.length > 0) await db.associations.linkAll(plan.links);
    for (const { journalId, contentId } of plan.unlinks) await db.associations.unlink(journalId, contentId);
    const broken = await this.addPictures(plan);
    for (const id of plan.deletedMedia) await db.media.delete(id);
    for (const id of plan.deletedEntries) await db.content.delete(id);
    return broken;
  }

  private async addPictures(plan: FolderPlan): Promise<string[]> {
    const broken: string[] = [];
    const progress =
      plan.pictures.length > 5 ? this.target.terminal.progress('Files  ', plan.pictures.length, 'files') : undefined;
    for (const [index, { path, ...picture }] of plan.pictures.entries()) {
      try {
        await this.target.db.media.add({ ...picture, bytes: createReadStream(join(this.folder, path)) });
      } catch (error) {
        // Without a record it is found again at the next look.
        plan.records = plan.records.filter((record) => !isOf(record, path, picture.contentId));
        broken.push(`${path}: ${error instanceof Error ? error.message : String(error)}`);
      }
      progress?.update(index + 1);
    }
    progress?.stop();
    return broken;
  }
}

function isOf(record: KnownFile, path: string, contentId: string): boolean {
  return record.path === path || record.entry?.id === contentId;
}
