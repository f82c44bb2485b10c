// The entries that are being written in this tab. One that could not be saved stays here when its screen is left, and
// its text is there again when the screen comes back.
import type { Journal } from '../journal/open-journal.js';
import { keepUnsaved, saveBeforeLeaving } from '../frame/unsaved-text.js';
import { Draft, type DraftStore } from './draft.js';
import { keepStorage } from './keep-storage.js';
import { leaveText } from './left-text.js';
import { saveEntry } from './save-entry.js';

interface OpenDraft {
  draft: Draft;
  journal: Journal;
  /** Screens that show it. */
  screens: number;
  close: () => void;
}

const drafts = new Map<string, OpenDraft>();

/** The draft of an entry for a screen that shows it; give it back with `leaveDraft`. */
export function openDraft(journal: Journal, id: string): Draft {
  let open = drafts.get(id);
  if (open?.journal !== journal) {
    open?.close();
    open = begin(journal, id);
    drafts.set(id, open);
  }
  open.screens += 1;
  return open.draft;
}

/** Saves at once; the draft goes when all of it is on disk and no screen has come back to it. */
export function leaveDraft(draft: Draft): void {
  const open = drafts.get(draft.id);
  if (open?.draft === draft) open.screens -= 1;
  if (draft.unsaved !== null) draft.saveNow();
  else if (open?.draft === draft) dropWhereDone(open);
}

function begin(journal: Journal, id: string): OpenDraft {
  const { db, revision } = journal;
  const clock = {
    after(ms: number, then: () => void): () => void {
      const timer = setTimeout(then, ms);
      return () => clearTimeout(timer);
    },
  };
  const store: DraftStore = {
    load: () => db.content.get(id),
    save: (fields, seen) => saveEntry(db, fields, seen),
  };
  const draft = new Draft(id, store, clock);
  const stops = [revision.subscribe(() => draft.readNow()), draft.subscribe(() => changed(journal, draft))];
  const open: OpenDraft = { draft, journal, screens: 0, close: () => stops.forEach((stop) => stop()) };
  return open;
}

function changed(journal: Journal, draft: Draft): void {
  const { unsaved, state } = draft;
  keepUnsaved(draft.id, unsaved === null ? null : state.text);
  if (unsaved === null || state.saving === 'failed') leaveText(journal, draft.id, unsaved);
  if (state.entry !== undefined) keepStorage();
  const open = drafts.get(draft.id);
  if (open?.draft === draft) dropWhereDone(open);
}

function dropWhereDone({ draft, screens, close }: OpenDraft): void {
  if (screens > 0 || draft.unsaved !== null) return;
  close();
  drafts.delete(draft.id);
}

/** The page may be gone in a moment: a second net first, which is at once, then the disk. */
function leavePage(): void {
  for (const { draft, journal } of drafts.values()) {
    if (draft.unsaved === null) continue;
    leaveText(journal, draft.id, draft.unsaved);
    draft.saveNow();
  }
}

addEventListener('pagehide', leavePage);
document.addEventListener('visibilitychange', () => document.visibilityState === 'hidden' && leavePage());
addEventListener('beforeunload', (event) => {
  for (const { draft, journal } of drafts.values()) {
    if (draft.state.saving !== 'failed') continue;
    // A reload is what helps then, and brings the text along.
    const comesAlong = journal.superseded.peek() && leaveText(journal, draft.id, draft.unsaved);
    if (!comesAlong) event.preventDefault();
  }
});
saveBeforeLeaving(async () => {
  await Promise.all([...drafts.values()].map(({ draft }) => draft.save()));
});
