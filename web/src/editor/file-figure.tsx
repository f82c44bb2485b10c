import type { Entry, MediaBody, MediaEntry } from '@logdate/client';
import { useSignal } from '@preact/signals';
import type { VNode } from 'preact';
import { useRef } from 'preact/hooks';
import { useJournal } from '../journal/use-journal.js';
import { ConfirmDialog } from './confirm-dialog.js';
import { fileKind, fileState, sizeWords, type FileKind } from './file-words.js';
import { useFileUrl, type FileUrl } from './use-file-url.js';

interface FileFigureProps {
  file: Entry<MediaBody>;
  /** Its place in the queue, undefined of a file that is not on its way. */
  upload: MediaEntry | undefined;
  goesUp: boolean;
  onRemoved: () => void;
}

/** A film or recording of so many bytes is read when it is asked for. */
const UNASKED_BYTES = 16e6;

/** One file, where it is on its way, and what can be done with it. */
export function FileFigure({ file, upload, goesUp, onRemoved }: FileFigureProps): VNode {
  const place = useRef<HTMLElement>(null);
  // The server cannot tell the type before it has the bytes.
  const mimeType = upload?.mimeType ?? file.mimeType;
  const isElsewhere = upload === undefined && file.status === 'PENDING';
  const kind = isElsewhere ? 'card' : fileKind({ mimeType, fileName: file.fileName });
  const isUnasked = kind === 'image' || (kind !== 'card' && file.sizeBytes <= UNASKED_BYTES);
  const url = useFileUrl({ ...file, mimeType }, place, isUnasked);
  return (
    <figure class={`file file-${kind}`} ref={place}>
      <Shown file={file} kind={kind} url={url} />
      <figcaption>
        <span class="file-name">
          {file.fileName} <span class="soft">{sizeWords(file.sizeBytes)}</span>
        </span>
        {isElsewhere && <span class="soft">Still on its way from another device</span>}
        <UploadState upload={upload} goesUp={goesUp} name={file.fileName} />
        <span class="row file-actions">
          {!isElsewhere && <DownloadButton file={file} url={url} />}
          <RemoveButton file={file} onRemoved={onRemoved} />
        </span>
      </figcaption>
    </figure>
  );
}

function Shown({ file, kind, url }: { file: Entry<MediaBody>; kind: FileKind; url: FileUrl }): VNode | null {
  const { href, problem, isReading, isUnreadable } = url;
  if (kind === 'card' || isUnreadable) return null;
  if (href !== null) {
    if (kind === 'image') return <img src={href} alt={file.fileName} onError={url.cannotShow} />;
    if (kind === 'video') return <video src={href} controls aria-label={file.fileName} onError={url.cannotShow} />;
    return <audio src={href} controls aria-label={file.fileName} onError={url.cannotShow} />;
  }
  return (
    <div class="file-place">
      {problem !== null && <p>{problem}</p>}
      {!isReading && (
        <button type="button" class="button" onClick={() => void url.read()}>
          {problem === null ? `Show ${kind === 'video' ? 'the film' : 'the recording'}` : 'Try again'}
        </button>
      )}
    </div>
  );
}

function UploadState({
  upload,
  goesUp,
  name,
}: Pick<FileFigureProps, 'upload' | 'goesUp'> & { name: string }): VNode | null {
  const state = fileState(upload, goesUp);
  const furthest = useRef(0);
  if (state === null) return null;
  const { text, asks, sent } = state;
  if (sent !== undefined) furthest.current = Math.max(furthest.current, sent.bytes);
  return (
    <span class={`file-state ${asks ? 'file-state-asks' : 'soft'}`}>
      {asks ? <a href={upload?.state === 'quota' ? '/settings#storage' : '/attention'}>{text}</a> : text}
      {sent !== undefined && <progress max={sent.of} value={furthest.current} aria-label={`Backing up ${name}`} />}
    </span>
  );
}

/** The bytes are read only when they are wanted; then the browser is told to keep them as a file. */
function DownloadButton({ file, url }: { file: Entry<MediaBody>; url: FileUrl }): VNode {
  const save = async (): Promise<void> => {
    const href = await url.read();
    if (href === null) return;
    const link = document.createElement('a');
    link.href = href;
    link.download = file.fileName;
    link.click();
  };
  return (
    <>
      {url.problem !== null && <span class="problem">{url.problem}</span>}
      <button
        type="button"
        class="button button-quiet"
        aria-label={`Download ${file.fileName}`}
        onClick={() => void save()}
      >
        Download
      </button>
    </>
  );
}

function RemoveButton({ file, onRemoved }: { file: Entry<MediaBody>; onRemoved: () => void }): VNode {
  const { db } = useJournal();
  const asks = useSignal(false);
  const remove = async (): Promise<void> => {
    await db.media.delete(file.id);
    onRemoved();
  };
  return (
    <>
      <button
        type="button"
        class="button button-quiet"
        aria-label={`Remove ${file.fileName}`}
        onClick={() => (asks.value = true)}
      >
        Remove
      </button>
      {asks.value && (
        <ConfirmDialog
          title="Remove this file?"
          text={`${file.fileName} is deleted on all your devices, for good.`}
          action="Remove"
          onConfirm={remove}
          onClose={() => (asks.value = false)}
        />
      )}
    </>
  );
}
