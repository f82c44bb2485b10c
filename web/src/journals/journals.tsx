import type { Entry, JournalBody } from '@logdate/client';
import { useSignal } from '@preact/signals';
import type { VNode } from 'preact';
import { ConfirmDialog } from '../editor/confirm-dialog.js';
import { useJournal, useRead } from '../journal/use-journal.js';
import { countEntries } from './count-entries.js';
import { JournalForm } from './journal-form.js';
import { readJournals } from './read-journals.js';
import './journals.css';

/** Which dialog is open; a null journal is one that is made. */
type Open = { dialog: 'form'; journal: Entry<JournalBody> | null } | { dialog: 'delete'; journal: Entry<JournalBody> };

/** The journals that entries are sorted into: to make, to rename, to describe and to delete. */
export function Journals(): VNode {
  const { db } = useJournal();
  const journals = useRead((db) => readJournals(db), []);
  const counts = useRead((db) => countEntries(db), []);
  const open = useSignal<Open | null>(null);
  const close = (): void => {
    open.value = null;
  };
  const now = open.value;
  return (
    <>
      <div class="row row-apart page-head">
        <h1>Journals</h1>
        <button
          type="button"
          class="button button-main"
          onClick={() => (open.value = { dialog: 'form', journal: null })}
        >
          New journal
        </button>
      </div>
      {journals?.length === 0 && (
        <p class="soft">
          You have no journals yet. A journal holds entries that belong together, such as a journey or a garden; an
          entry can be in several, or in none.
        </p>
      )}
      <ul class="journals">
        {journals?.map((journal) => (
          <JournalCard
            key={journal.id}
            journal={journal}
            count={counts && (counts.get(journal.id) ?? 0)}
            edit={() => (open.value = { dialog: 'form', journal })}
            remove={() => (open.value = { dialog: 'delete', journal })}
          />
        ))}
      </ul>
      {now?.dialog === 'form' && <JournalForm journal={now.journal} onClose={close} />}
      {now?.dialog === 'delete' && (
        <ConfirmDialog
          title={`Delete “${now.journal.title}”?`}
          text="Its entries stay: you find them under All entries. Only the journal goes, on all your devices."
          action="Delete journal"
          onConfirm={() => db.journals.delete(now.journal.id)}
          onClose={close}
        />
      )}
    </>
  );
}

interface JournalCardProps {
  journal: Entry<JournalBody>;
  /** Undefined while it is counted. */
  count: number | undefined;
  edit: () => void;
  remove: () => void;
}

function JournalCard({ journal: { id, title, description }, count, edit, remove }: JournalCardProps): VNode {
  return (
    <li class="card journal-card">
      <h2>
        <a href={`/?journal=${id}`}>{title}</a>
      </h2>
      <p class="soft">{count === undefined ? 'Counting…' : <a href={`/?journal=${id}`}>{countWords(count)}</a>}</p>
      {description !== '' && <p class="journal-about">{description}</p>}
      <p class="row">
        <button type="button" class="button" aria-label={`Edit ${title}`} onClick={edit}>
          Edit
        </button>
        <button type="button" class="button" aria-label={`Delete ${title}`} onClick={remove}>
          Delete
        </button>
      </p>
    </li>
  );
}

function countWords(count: number): string {
  return count === 1 ? '1 entry' : `${count.toLocaleString('en')} entries`;
}
