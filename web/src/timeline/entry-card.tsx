import type { ContentBody, Entry, JournalBody } from '@logdate/client';
import type { ComponentChildren, VNode } from 'preact';
import { useRef } from 'preact/hooks';
import { useJournal, useRead } from '../journal/use-journal.js';
import { addressOf } from './address.js';
import { timeOf } from './days.js';
import { useNear } from './near.js';
import { later } from './later.js';
import type { ContentEntry } from './pages.js';

const CardFiles = later(() => import('./card-files.js').then(({ CardFiles: part }) => part));

/** More of a long text would only be hidden: a card shows six lines. */
const FIRST_CHARACTERS = 600;

interface EntryCardProps {
  entry: ContentEntry;
  journals: readonly Entry<JournalBody>[];
  show?: ((text: string) => ComponentChildren) | undefined;
}

/** One entry in a list: its first lines, its time, its journals and photos, and a badge while it is not backed up. */
export function EntryCard({ entry, journals, show = firstLines }: EntryCardProps): VNode {
  const place = useRef<HTMLElement>(null);
  const isNear = useNear(place);
  const text = entry.content?.trim() ?? '';
  return (
    <article class="entry-card" ref={place}>
      <div class="entry-card-head">
        <time dateTime={new Date(entry.createdAt).toISOString()}>{timeOf(entry.createdAt)}</time>
        <Badge entry={entry} />
        {isNear && journals.length > 0 && <JournalNames entryId={entry.id} journals={journals} />}
      </div>
      <p class="prose entry-card-text">
        <a class="entry-card-link" href={`/entry/${entry.id}`} data-entry={entry.id}>
          {text === '' ? <span class="soft">{WITHOUT_WORDS[entry.type]}</span> : show(text)}
        </a>
      </p>
      {isNear && <Files entryId={entry.id} />}
    </article>
  );
}

const WITHOUT_WORDS: Record<ContentBody['type'], string> = {
  TEXT: 'Without words',
  IMAGE: 'Photo',
  VIDEO: 'Film',
  AUDIO: 'Recording',
};

function firstLines(text: string): string {
  return text.slice(0, FIRST_CHARACTERS);
}

/** Where the words of the entry are; nothing where everything is as it should be. */
function Badge({ entry: { id, backup } }: { entry: ContentEntry }): VNode | null {
  const { account } = useJournal();
  switch (backup) {
    case 'backed-up':
      return null;
    case 'waiting':
      // Before any sign-in this is so of every entry, and said once above them.
      return account === null ? null : <span class="badge">On this device</span>;
    case 'conflict':
      return (
        <a class="badge badge-asks" href={`/conflict/content/${id}`}>
          Needs your decision
        </a>
      );
    case 'refused':
      return (
        <a class="badge badge-asks" href="/attention">
          Couldn’t be backed up
        </a>
      );
  }
}

function JournalNames({ entryId, journals }: { entryId: string; journals: readonly Entry<JournalBody>[] }): VNode {
  const linked = useRead((db) => db.associations.ofContent(entryId), [entryId]);
  const ids = new Set(linked?.map(({ journalId }) => journalId));
  return (
    <>
      {journals
        .filter(({ id }) => ids.has(id))
        .map(({ id, title }) => (
          <a key={id} class="journal-name" href={addressOf({ query: '', journalId: id })}>
            {title}
          </a>
        ))}
    </>
  );
}

function Files({ entryId }: { entryId: string }): VNode | null {
  const files = useRead((db) => db.media.ofContent(entryId), [entryId]);
  return files === undefined || files.length === 0 ? null : <CardFiles files={files} />;
}
