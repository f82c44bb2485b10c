// The export of a journal as its tab shows it. It goes on while another screen is open, and ends with the journal.
import { signal, type ReadonlySignal, type Signal } from '@preact/signals';
import type { Journal } from '../journal/open-journal.js';
import type { Exported, WorkFailure } from './journal-work.js';
import { placeOf, startWork, unlessLeft, type WorkEnd } from './start-work.js';
import { chooseZipFile, download, zipName } from './zip-file.js';

/** What there is to show of an export. */
export type ExportState =
  | { state: 'none' }
  | { state: 'running'; done: number; total: number; fromCloud: number; cancel: () => void }
  | { state: 'ended'; fileName: string; exported: Exported }
  | { state: 'failed'; failure: WorkFailure };

const states = new WeakMap<Journal, Signal<ExportState>>();

/** The export of this journal. */
export function exportOf(journal: Journal): ReadonlySignal<ExportState> {
  return stateOf(journal);
}

/** Asks for a file and exports into it; does nothing while another export runs. Call it for a click. */
export async function startExport(journal: Journal): Promise<void> {
  const state = stateOf(journal);
  if (state.peek().state === 'running') return;
  const suggested = zipName(new Date());
  const target = await chooseZipFile(suggested);
  if (target === undefined) return;
  const work = startWork({ do: 'export', place: placeOf(journal), target }, (news) => {
    const now = state.peek();
    if (now.state !== 'running') return;
    if (news.told === 'from-cloud') state.value = { ...now, fromCloud: news.files };
    else state.value = { ...now, done: news.progress.done, total: news.progress.total };
  });
  state.value = { state: 'running', done: 0, total: 0, fromCloud: 0, cancel: work.cancel };
  state.value = endOf(await unlessLeft(journal, work), target?.name ?? suggested);
}

function stateOf(journal: Journal): Signal<ExportState> {
  const state = states.get(journal) ?? signal<ExportState>({ state: 'none' });
  states.set(journal, state);
  return state;
}

function endOf(end: WorkEnd, fileName: string): ExportState {
  if (end.told !== 'exported') {
    return { state: 'failed', failure: end.told === 'failed' ? end.failure : { code: 'failed' } };
  }
  const { exported } = end;
  if (exported.zip !== null) download(exported.zip, fileName);
  return { state: 'ended', fileName, exported };
}
