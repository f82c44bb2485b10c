import { useSignal } from '@preact/signals';
import type { VNode } from 'preact';
import type { Journal } from '../journal/open-journal.js';
import { useJournal } from '../journal/use-journal.js';
import { JournalForm } from '../journals/journal-form.js';
import { CopyText } from './copy-text.js';
import { DiscardDialog } from './discard-dialog.js';
import { refusalWords } from './refusal-words.js';
import { saveFile } from './save-file.js';
import { shownTime } from './shown-time.js';
import type { Refused } from './waiting-rows.js';
import { firstWords } from './words-of.js';

const KINDS: Record<Refused['record']['type'], string> = {
  content: 'Entry',
  journal: 'Journal',
  association: 'Entry in a journal',
  media: 'File',
};

interface RefusedCardProps {
  refused: Refused;
  /** It is no longer refused; says what was done. */
  onDone: (words: string) => void;
}

/** A change or file that the server does not take: why, and everything that a person can do about it. */
export function RefusedCard({ refused, onDone }: RefusedCardProps): VNode {
  const journal = useJournal();
  const problem = useSignal('');
  const isDiscarding = useSignal(false);
  const { record, words, file } = refused;
  const { type, id, at } = record;
  const attempt = async (act: () => Promise<void>, says: string): Promise<void> => {
    try {
      await act();
      onDone(says);
    } catch {
      problem.value = 'That did not work. Everything is where it was.';
    }
  };
  const title = file ? file.name : firstWords(words) || KINDS[type];
  return (
    <li class="card attention-card">
      <p class="soft attention-kind">
        {KINDS[type]}, {shownTime(at)}
      </p>
      <h3 class="prose attention-title">{title}</h3>
      <p>{refusalWords(record, words)}</p>
      <div class="row" role="group" aria-label={title}>
        <button
          type="button"
          class="button"
          onClick={() => void attempt(() => journal.db.sync.retry(id, type), 'It is sent again.')}
        >
          Retry
        </button>
        <Edit refused={refused} />
        {file ? (
          <button type="button" class="button" onClick={() => void attempt(() => saveFile(journal.db, id, file), '')}>
            Save a copy
          </button>
        ) : (
          words !== '' && <CopyText text={words} />
        )}
        <button type="button" class="button button-danger" onClick={() => (isDiscarding.value = true)}>
          Discard
        </button>
      </div>
      <p class="problem" role="alert">
        {problem}
      </p>
      {isDiscarding.value && (
        <DiscardDialog
          refused={refused}
          onClose={() => (isDiscarding.value = false)}
          onDiscard={() => attempt(() => discard(journal, refused), 'It is discarded.')}
        />
      )}
    </li>
  );
}

/** The way to make it shorter; a file and a link cannot be edited. */
function Edit({ refused: { record, journal } }: Pick<RefusedCardProps, 'refused'>): VNode | null {
  const isOpen = useSignal(false);
  if (record.type === 'content') {
    return (
      <a class="button" href={`/entry/${record.id}`}>
        Edit
      </a>
    );
  }
  if (journal === null) return null;
  return (
    <>
      <button type="button" class="button" onClick={() => (isOpen.value = true)}>
        Edit
      </button>
      {isOpen.value && <JournalForm journal={journal} onClose={() => (isOpen.value = false)} />}
    </>
  );
}

/** A file is deleted with its bytes; a change is given up for what the server has. */
function discard({ db }: Journal, { record: { type, id } }: Refused): Promise<void> {
  return type === 'media' ? db.media.delete(id) : db.sync.discard(id, type);
}
