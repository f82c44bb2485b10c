import type { Entry, MediaBody } from '@logdate/client';
import { useSignal } from '@preact/signals';
import type { VNode } from 'preact';
import { useEffect } from 'preact/hooks';
import { useJournal } from '../journal/use-journal.js';
import { thumbnailOf } from './thumbnails.js';
import './card-files.css';

/** So many photos are shown of an entry. */
const SHOWN = 4;

/** The photos of an entry, small, and how many other files it has. */
export function CardFiles({ files }: { files: readonly Entry<MediaBody>[] }): VNode {
  const photos = files.filter(({ mimeType }) => mimeType.startsWith('image/'));
  const more = photos.length - SHOWN;
  return (
    <div class="card-files">
      {photos.length > 0 && <span class="visually-hidden">{counted(photos.length, 'photo')}</span>}
      {photos.slice(0, SHOWN).map((photo) => (
        <Thumbnail key={photo.id} photo={photo} />
      ))}
      {more > 0 && (
        <span class="soft" aria-hidden="true">
          +{more}
        </span>
      )}
      {countedOf(files, 'video', 'film')}
      {countedOf(files, 'audio', 'recording')}
    </div>
  );
}

function Thumbnail({ photo }: { photo: Entry<MediaBody> }): VNode {
  const journal = useJournal();
  const url = useSignal<string | null>(null);
  useEffect(() => {
    const leaving = new AbortController();
    // Without a picture its place stays empty; the entry itself says why.
    thumbnailOf(journal, photo, leaving.signal).then(
      (made) => (url.value = made),
      () => undefined,
    );
    return () => leaving.abort();
  }, [journal, photo.id]);
  return url.value === null ? <span class="thumbnail" /> : <img class="thumbnail" src={url.value} alt="" />;
}

function countedOf(files: readonly Entry<MediaBody>[], kind: string, word: string): VNode | null {
  const { length } = files.filter(({ mimeType }) => mimeType.startsWith(`${kind}/`));
  return length === 0 ? null : <span class="soft">{counted(length, word)}</span>;
}

function counted(count: number, word: string): string {
  return count === 1 ? `1 ${word}` : `${count.toLocaleString('en')} ${word}s`;
}
