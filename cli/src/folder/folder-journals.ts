// The journals of a folder's files: those that a file names or describes, else the one titled as the folder it lies in.
import { uuidV5 } from '@logdate/client';
import type { EntryItem, JournalItem } from '@logdate/formats/import/items';
import type { MarkdownFile } from '@logdate/formats/markdown/entry-file';
import type { FolderPlan } from './folder-plan.js';
import { holds, type FolderState } from './folder-state.js';
import type { Identities } from './identities.js';
import type { KnownEntry } from './known-files.js';
import type { FolderFile } from './scan.js';

/** Plans the journals and which entries are in them. */
export class FolderJournals {
  /** Journals to be saved, by id. */
  readonly made = new Map<string, JournalItem>();

  constructor(
    private readonly state: FolderState,
    private readonly identities: Identities,
    private readonly plan: Pick<FolderPlan, 'links' | 'unlinks'>,
  ) {}

  /** Makes or changes the journal that a file describes. */
  planJournal(file: FolderFile, read: MarkdownFile): void {
    const title = read.title ?? this.titleOf(file.path);
    const id = this.identities.ownId(read) ?? this.journal(title, file);
    const row = this.state.row('journal', id);
    const clientUpdatedAt = read.editedAt ?? Math.round(file.mtimeMs);
    const body = {
      title,
      description: read.text ?? '',
      createdAt: read.createdAt ?? Number(row?.body?.['createdAt'] ?? clientUpdatedAt),
    };
    const isSame = row?.status === 'live' && holds(row, body);
    if (row === undefined || (row.status === 'live' && !isSame && row.clientUpdatedAt < clientUpdatedAt)) {
      this.made.set(id, { id, ...body, clientUpdatedAt });
    }
  }

  /** Links an entry with the journals of its file, and takes it out of those that its file was in and is no more. */
  planLinks(entry: EntryItem, known: KnownEntry | undefined, of: { file: FolderFile; read: MarkdownFile }): string[] {
    const wanted = this.journalsOf(of.file, of.read);
    for (const { id: journalId, createdAt } of wanted) {
      const isNew =
        !known?.journals.includes(journalId) &&
        this.state.row('association', `${journalId}:${entry.id}`)?.status !== 'live';
      if (isNew) this.plan.links.push({ journalId, contentId: entry.id, createdAt: createdAt ?? entry.createdAt });
    }
    for (const journalId of known?.journals ?? []) {
      if (wanted.some(({ id }) => id === journalId)) continue;
      this.plan.unlinks.push({ journalId, contentId: entry.id });
    }
    return wanted.map(({ id }) => id);
  }

  private journalsOf(file: FolderFile, read: MarkdownFile): { id: string; createdAt?: number }[] {
    if (read.journals)
      return read.journals.map(({ id, createdAt }) => ({ id: this.identities.accountId(id, read.account), createdAt }));
    return [{ id: this.journal(read.journal ?? this.titleOf(file.path), file) }];
  }

  /** The id of the journal with a title, which is made when there is none. */
  private journal(title: string, file: FolderFile): string {
    const titled = this.state.journalTitled(title);
    if (titled !== undefined) return titled;
    const id = uuidV5(this.state.userId, title);
    const at = Math.round(file.mtimeMs);
    const made = this.made.get(id);
    if (made === undefined) this.made.set(id, { id, title, description: '', createdAt: at, clientUpdatedAt: at });
    return id;
  }

  private titleOf(path: string): string {
    const [top = '', rest] = path.split('/');
    return rest === undefined ? this.state.name : top;
  }
}
