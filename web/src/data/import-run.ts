// The import of a journal as its tab shows it. It goes on while another screen is open, and ends with the journal.
import { signal, type ReadonlySignal, type Signal } from '@preact/signals';
import type { Journal } from '../journal/open-journal.js';
import { placeOf, startWork, unlessLeft } from './start-work.js';
import type { Imported, ImportKind, WorkFailure, WorkProgress } from './journal-work.js';

/** How far each kind of thing is; none while the file is still read. */
export type ImportBars = Partial<Record<ImportKind, { done: number; total: number }>>;

/** What there is to show of an import. */
export type ImportState =
  | { state: 'none' }
  | { state: 'running'; fileName: string; bars: ImportBars; isStopping: boolean; cancel: () => void }
  | { state: 'ended'; fileName: string; imported: Imported }
  | { state: 'failed'; fileName: string; failure: WorkFailure };

const states = new WeakMap<Journal, Signal<ImportState>>();

/** The import of this journal. */
export function importOf(journal: Journal): ReadonlySignal<ImportState> {
  return stateOf(journal);
}

/** Imports a ZIP; does nothing while another one is imported. */
export async function startImport(journal: Journal, file: File): Promise<void> {
  const state = stateOf(journal);
  const fileName = file.name;
  if (state.peek().state === 'running') return;
  const work = startWork({ do: 'import', place: placeOf(journal), file }, (news) => {
    if (news.told !== 'progress') return;
    const { what, done, total } = news.progress;
    move(state, what, { done, total });
    if (done === total && total > 0) backUp(journal);
  });
  const cancel = (): void => {
    const now = state.peek();
    if (now.state === 'running') state.value = { ...now, isStopping: true };
    work.cancel();
  };
  state.value = { state: 'running', fileName, bars: {}, isStopping: false, cancel };
  const end = await unlessLeft(journal, work);
  backUp(journal);
  if (end.told === 'imported') state.value = { state: 'ended', fileName, imported: end.imported };
  if (end.told === 'failed') state.value = { state: 'failed', fileName, failure: end.failure };
}

function stateOf(journal: Journal): Signal<ImportState> {
  const state = states.get(journal) ?? signal<ImportState>({ state: 'none' });
  states.set(journal, state);
  return state;
}

function move(state: Signal<ImportState>, what: ImportKind, bar: Omit<WorkProgress, 'what'>): void {
  const now = state.peek();
  if (now.state === 'running') state.value = { ...now, bars: { ...now.bars, [what]: bar } };
}

/** The worker tells this tab that rows changed, but not that there is something to send: a save does, also of nothing. */
function backUp({ db }: Journal): void {
  void db.content.saveAll([]).catch(() => undefined);
}
