// Which entry each file of a folder is: an entry keeps its id through renames, restores and changes of account.
import { uuidV5, type LocalRow } from '@logdate/client';
import { sealOf, type MarkdownFile } from '@logdate/formats/markdown/entry-file';
import { writeTime } from '@logdate/formats/markdown/times';
import type { FolderState } from './folder-state.js';
import type { FolderFile } from './scan.js';

/** The ids of what lies in a folder. */
export class Identities {
  /** Which file each entry is. */
  private readonly owner = new Map<string, string>();

  /** `notes` gets what a person should know. */
  constructor(
    private readonly state: FolderState,
    private readonly notes: string[],
  ) {
    for (const { path, entry } of state.known) if (entry) this.owner.set(entry.id, path);
  }

  /** From here on, the entry is the file at `path`. */
  claim(id: string, path: string): void {
    this.owner.set(id, path);
  }

  /** The path of the file that an entry is. */
  ownerOf(id: string): string | undefined {
    return this.owner.get(id);
  }

  /** The id of an entry whose file was not seen before; undefined where another file is that entry already. */
  newId(file: FolderFile, read: MarkdownFile): string | undefined {
    const own = this.ownId(read);
    if (own === undefined) return this.idByPath(file, read.text);
    const owner = this.owner.get(own);
    if (owner !== undefined) {
      this.notes.push(`${file.path}: left out: it is the same entry as ${owner}`);
      return undefined;
    }
    const row = this.state.row('content', own);
    const isSafe =
      row === undefined || read.untouched || row.body?.['content'] === read.text || row.status === 'deleted';
    if (isSafe || this.isAsRestored(row, file)) return own;
    this.notes.push(`${file.path}: the file and its entry were both edited; both versions were kept`);
    return this.freeId(uuidV5(own, file.sha256), file, read.text);
  }

  /** The id of an entry whose file names none: by where the file lies. */
  idByPath(file: FolderFile, content: string | null): string {
    return this.freeId(uuidV5(this.state.userId, `${this.state.name}/${file.path}`), file, content);
  }

  /** The id that a file names, for this account. */
  ownId({ id, account }: MarkdownFile): string | undefined {
    return id === undefined || id === '' ? undefined : this.accountId(id, account);
  }

  /** The id of this account for an id that a file of some account names. */
  accountId(id: string, account: string | undefined): string {
    return account === this.state.userId && isUuid(id) ? id : uuidV5(this.state.userId, id);
  }

  /** A picture that was deleted and put back is a new one: a deleted one cannot return. */
  mediaId(id: string): string {
    return this.state.row('media', id)?.status === 'deleted' ? this.mediaId(uuidV5(id, 'again')) : id;
  }

  /** Whether the row is what the file was before somebody changed the file. */
  private isAsRestored(row: LocalRow, file: FolderFile): boolean {
    const seal = /^sha256: ([0-9a-f]{64})$/m.exec(file.text ?? '')?.[1];
    return seal === sealOf(writeTime(Number(row.body?.['createdAt'])), String(row.body?.['content'] ?? ''));
  }

  /** An id that is this file's: no other file's, and of no entry with other words. */
  private freeId(candidate: string, file: FolderFile, content: string | null): string {
    const row = this.state.row('content', candidate);
    const isFree = row === undefined || (row.status === 'live' && (row.body?.['content'] ?? null) === content);
    return isFree && !this.owner.has(candidate)
      ? candidate
      : this.freeId(uuidV5(candidate, file.sha256), file, content);
  }
}

function isUuid(text: string): boolean {
  return /^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$/i.test(text);
}
