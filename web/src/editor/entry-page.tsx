import type { VNode } from 'preact';
import { useLocation, useRoute } from 'preact-iso';
import { useEffect, useMemo, useState } from 'preact/hooks';
import { useRead } from '../journal/use-journal.js';
import { EntryText } from './entry-text.js';
import { EntryWhere } from './entry-where.js';
import { useDraft } from './use-draft.js';
import { useJournalsOf } from './use-journals-of.js';
import { useLoaded } from './use-loaded.js';
import './editor.css';

/** Writing one entry, a new one at `/new`. */
export function EntryPage(): VNode {
  const { id: given } = useRoute().params;
  const { query } = useLocation();
  const id = useMemo(() => given ?? crypto.randomUUID(), [given]);
  return <EntryEditor key={id} id={id} startsNew={given === undefined} journalId={query['journal']} />;
}

interface EntryEditorProps {
  id: string;
  startsNew: boolean;
  /** The journal that a new entry belongs to. */
  journalId: string | undefined;
}

function EntryEditor({ id, startsNew, journalId }: EntryEditorProps): VNode {
  const [isNew] = useState(startsNew);
  const [draft, state] = useDraft(id);
  const { route, path } = useLocation();
  const files = useRead((db) => db.media.ofContent(id), [id]) ?? [];
  const head = useLoaded(() => import('./entry-head.js'));
  const shownFiles = useLoaded(() => import('./entry-files.js'));
  const tools = useLoaded(() => import('./entry-tools.js'));
  const journals = useJournalsOf(id, state.entry !== undefined, isNew ? journalId : undefined);
  useTitle(state.text);
  const { isRead, isDeleted, entry, text } = state;
  if (!isNew && isRead && entry === undefined && !isDeleted && text === '') return <NotHere />;
  const toOwnAddress = (): void => {
    if (path === '/new') route(`/entry/${id}`, true);
  };
  return (
    <article class="editor">
      <h1 class="visually-hidden">{isNew ? 'New entry' : 'Entry'}</h1>
      <div class="editor-head">{head && <head.EntryHead draft={draft} state={state} journals={journals} />}</div>
      {isDeleted && <Deleted bringBack={() => draft.write({ content: text })} />}
      <EntryText draft={draft} state={state} isNew={isNew} onType={toOwnAddress} />
      {shownFiles && <shownFiles.EntryFiles draft={draft} files={files} onAdd={toOwnAddress} />}
      <div class="row row-apart editor-foot">
        <EntryWhere id={id} state={state} filesWaiting={files.filter(({ backup }) => backup !== 'backed-up').length} />
        {tools && <tools.EntryTools draft={draft} isSaved={state.entry !== undefined} onAdd={toOwnAddress} />}
      </div>
    </article>
  );
}

function useTitle(text: string): void {
  const [title = ''] = text.trim().split('\n', 1);
  useEffect(() => {
    const before = document.title;
    document.title = title === '' ? 'Entry · LogDate' : `${title.slice(0, 60)} · LogDate`;
    return () => void (document.title = before);
  }, [title]);
}

function Deleted({ bringBack }: { bringBack: () => void }): VNode {
  return (
    <div class="card editor-deleted row" role="status">
      <span>This entry was deleted elsewhere. What you read here is its last text.</span>
      <button type="button" class="button" onClick={bringBack}>
        Bring it back
      </button>
    </div>
  );
}

function NotHere(): VNode {
  return (
    <>
      <h1>This entry is not here</h1>
      <p>It was deleted, or has not reached this device yet. It shows up here by itself when it does.</p>
      <p>
        <a href="/">Back to the journal</a>
      </p>
    </>
  );
}
