// A journal and a folder in memory, to plan with.
import { createHash } from 'node:crypto';
import type { Body, LocalRow, RowType } from '@logdate/client';
import { mergeSentences } from '@logdate/client/merge-sentences';
import type { FolderFile } from '../../src/folder/scan.js';
import type { FolderPlan } from '../../src/folder/folder-plan.js';
import type { FolderState } from '../../src/folder/folder-state.js';
import { isMarkdown } from '../../src/folder/scan.js';
import { rowOf, USER } from '../../../formats/test/support/rows.js';

/** A file of a folder; the text of a Markdown file is its bytes. */
export function fileOf(path: string, bytes: string, mtimeMs = 1_700_000_000_000): FolderFile {
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  return { path, mtimeMs, size: bytes.length, sha256, text: isMarkdown(path) ? bytes : undefined };
}

/** What a plan is made from: these files and rows, nothing known. */
export function stateOf(files: FolderFile[], rows: LocalRow[] = [], more: Partial<FolderState> = {}): FolderState {
  const byKey = new Map(rows.map((row) => [`${row.type} ${row.id}`, row]));
  const journals = rows.filter(({ type, status }) => type === 'journal' && status === 'live');
  return {
    userId: USER,
    name: 'notes',
    files,
    known: [],
    held: new Set(),
    row: (type, id) => byKey.get(`${type} ${id}`),
    isQueued: () => false,
    journalTitled: (title) => journals.find(({ body }) => body?.['title'] === title)?.id,
    mergeText: mergeSentences,
    ...more,
  };
}

/** The rows after a plan was carried out. */
export function rowsAfter(plan: FolderPlan, before: LocalRow[] = []): LocalRow[] {
  const rows = new Map(before.map((row) => [`${row.type} ${row.id}`, row]));
  const put = (type: RowType, id: string, body: object | null, at = 0) =>
    rows.set(`${type} ${id}`, rowOf(type, id, body as Body | null, at));
  for (const { id, clientUpdatedAt, ...body } of plan.journals) put('journal', id, body, clientUpdatedAt);
  for (const { id, clientUpdatedAt, ...body } of plan.entries) put('content', id, body, clientUpdatedAt);
  for (const link of plan.links) put('association', `${link.journalId}:${link.contentId}`, link);
  for (const { journalId, contentId } of plan.unlinks) put('association', `${journalId}:${contentId}`, null);
  for (const { id, path: _, ...picture } of plan.pictures) put('media', id, picture);
  for (const id of plan.deletedMedia) put('media', id, null);
  for (const id of plan.deletedEntries) put('content', id, null);
  return [...rows.values()];
}
