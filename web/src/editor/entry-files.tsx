import type { Entry, MediaBody, MediaEntry } from '@logdate/client';
import type { VNode } from 'preact';
import { useRef } from 'preact/hooks';
import { useJournal, useRead } from '../journal/use-journal.js';
import { addedFiles, addFiles, forgetProblem, type AddedFile } from './added-files.js';
import type { Draft } from './draft.js';
import { FileFigure } from './file-figure.js';
import { sizeWords } from './file-words.js';
import { useGivenFiles } from './use-given-files.js';
import './files.css';

interface EntryFilesProps {
  draft: Draft;
  files: readonly Entry<MediaBody>[];
  /** Called before files are added. */
  onAdd: () => void;
}

/** Why no file goes up by itself for now; each file then says that it is safe. */
const HELD_BACK: ReadonlySet<string | undefined> = new Set(['signed-out', 'backup-off', 'paused']);

/** Photos, films and recordings of an entry, oldest first, and those that are being added. */
export function EntryFiles({ draft, files, onAdd }: EntryFilesProps): VNode {
  const journal = useJournal();
  const place = useRef<HTMLElement>(null);
  const uploads = useRead(() => uploadsOf(journal, draft.id), [draft.id]) ?? [];
  const goesUp = !HELD_BACK.has(journal.status.value.waiting?.reason);
  const added = addedFiles.value.filter(({ contentId }) => contentId === draft.id);
  const isOver = useGivenFiles((given) => {
    onAdd();
    addFiles(journal, draft, given);
  });
  const inOrder = [...files].sort((one, other) => one.createdAt - other.createdAt);
  return (
    <section class="files" aria-label="Photos and recordings" ref={place} tabIndex={-1}>
      {inOrder.map((file) => (
        <FileFigure
          key={file.id}
          file={file}
          upload={uploads.find(({ id }) => id === file.id)}
          goesUp={goesUp}
          onRemoved={() => place.current?.focus()}
        />
      ))}
      {added.map((one) => (
        <Added key={one.key} file={one} />
      ))}
      {isOver.value && <div class="files-drop">Drop to add to this entry</div>}
    </section>
  );
}

function Added({ file }: { file: AddedFile }): VNode {
  const { key, name, size, copied, problem } = file;
  return (
    <div class="card file-added" role={problem === null ? undefined : 'alert'}>
      <strong>{name}</strong>
      {problem === null ? (
        <label>
          <span class="soft">Adding · {sizeWords(size)}</span>
          <progress max={size} value={copied} />
        </label>
      ) : (
        <>
          <span class="problem">Not added. {problem}</span>
          <button type="button" class="button" onClick={() => forgetProblem(key)}>
            OK
          </button>
        </>
      )}
    </div>
  );
}

function uploadsOf({ store }: ReturnType<typeof useJournal>, contentId: string): Promise<MediaEntry[]> {
  return store.transaction('read', ['media'], (media) =>
    media.list('media', { index: 'byContent', prefix: [contentId] }),
  );
}
