import { useSignal } from '@preact/signals';
import type { VNode } from 'preact';
import { useLocation } from 'preact-iso';
import { useJournal, useRead } from '../journal/use-journal.js';
import { readJournals } from '../journals/read-journals.js';
import { newEntryAddress, shownBy } from './address.js';
import { later } from './later.js';
import { NewestEntries } from './newest-entries.js';
import { useShortcuts } from './use-shortcuts.js';
import './timeline.css';

const JournalGone = later(() => import('./empty-timeline.js').then(({ JournalGone: part }) => part));
const FindBar = later(() => import('./find-bar.js').then(({ FindBar: part }) => part));
const SearchResults = later(() => import('./search-results.js').then(({ SearchResults: part }) => part));
const ShortcutsDialog = later(() => import('./shortcuts-dialog.js').then(({ ShortcutsDialog: part }) => part));
const Welcome = later(() => import('../welcome/welcome.js').then(({ Welcome: part }) => part));
const OnlyHere = later(() => import('../welcome/only-here.js').then(({ OnlyHere: part }) => part));

/** The journal by day, the newest first; all of it, one journal of it, or what a search finds. */
export function Timeline(): VNode | null {
  const { account } = useJournal();
  const { query: parameters, route } = useLocation();
  const { query, journalId } = shownBy(parameters);
  const journals = useRead((db) => readJournals(db), []);
  const isBlank = useRead(async (db) => (await db.content.list({ limit: 1 })).length === 0, []);
  const showsKeys = useSignal(false);
  useShortcuts((shortcut) => {
    if (shortcut === 'new') route(newEntryAddress(journalId));
    else if (shortcut === 'search') document.getElementById('search')?.focus();
    else showsKeys.value = true;
  });
  const isNobody = account === null;
  if (isNobody && (isBlank === undefined || journals === undefined)) return null;
  if (isNobody && isBlank && journals?.length === 0) return <Welcome />;
  const journal = journals?.find(({ id }) => id === journalId);
  const isGone = journalId !== null && journals !== undefined && journal === undefined;
  return (
    <>
      <div class="row row-apart page-head">
        <h1>{journal?.title ?? 'Journal'}</h1>
        <a class="button button-main" href={newEntryAddress(journal?.id ?? null)}>
          New entry
        </a>
      </div>
      {journal?.description && <p class="soft timeline-about">{journal.description}</p>}
      <div class="find-place">{journals && <FindBar shown={{ query, journalId }} journals={journals} />}</div>
      {isNobody && query === '' && journalId === null && <OnlyHere />}
      {isGone ? (
        <JournalGone />
      ) : query.trim() === '' ? (
        <NewestEntries key={journalId ?? ''} journalId={journalId} journals={journals ?? []} />
      ) : (
        <SearchResults query={query} journalId={journalId} journals={journals ?? []} />
      )}
      <p class="row timeline-foot">
        <a href="/deleted">Recently deleted</a>
        <button type="button" class="link" onClick={() => (showsKeys.value = true)}>
          Keyboard shortcuts
        </button>
      </p>
      {showsKeys.value && <ShortcutsDialog onClose={() => (showsKeys.value = false)} />}
    </>
  );
}
