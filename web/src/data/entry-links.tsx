import type { VNode } from 'preact';
import { useRead } from '../journal/use-journal.js';

/** More are not looked through one by one. */
const MOST_SHOWN = 100;
/** Letters of an entry that tell it from others. */
const START = 80;

/** The entries with these ids, to open one by one. */
export function EntryLinks({ ids }: { ids: readonly string[] }): VNode {
  const entries = useRead((db) => Promise.all(ids.slice(0, MOST_SHOWN).map((id) => db.content.get(id))), [ids]);
  return (
    <ul>
      {entries?.map(
        (entry) =>
          entry && (
            <li key={entry.id}>
              <a href={`/entry/${entry.id}`}>{entry.content?.trim().slice(0, START) || 'Without words'}</a>
            </li>
          ),
      )}
      {ids.length > MOST_SHOWN && <li class="soft">and {(ids.length - MOST_SHOWN).toLocaleString('en')} more</li>}
    </ul>
  );
}
