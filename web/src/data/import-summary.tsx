import type { VNode } from 'preact';
import { useJournal } from '../journal/use-journal.js';
import { counted } from '../settings/in-words.js';
import { EntryLinks } from './entry-links.js';
import { deletedWords, editedWords, outcomeWords, unchangedWords } from './import-words.js';
import type { Imported } from './journal-work.js';

/** What the import did, and each thing that it did not bring, by name. */
export function ImportSummary({ imported, fileName }: { imported: Imported; fileName: string }): VNode {
  const { account } = useJournal();
  const { written, broken, leftOut } = imported;
  const [unchanged, edited, deleted] = [unchangedWords(imported), editedWords(imported), deletedWords(imported)];
  return (
    <>
      <p role="status">
        <strong>{outcomeWords(imported, fileName)}</strong>
      </p>
      {written.entries > 0 && (
        <p>
          {account === null ? 'They are on this device. ' : 'They are on this device, and are being backed up. '}
          <a href="/">Show the journal</a>
        </p>
      )}
      {unchanged && <p>{unchanged}</p>}
      {edited && (
        <details>
          <summary>{edited}</summary>
          <EntryLinks ids={imported.editedEntries} />
        </details>
      )}
      {deleted && (
        <p>
          {deleted} <a href="/deleted">Recently deleted</a>
        </p>
      )}
      {broken.length > 0 && (
        <details open>
          <summary class="problem">{counted(broken.length, 'thing')} could not be read, and was left out</summary>
          <ul>
            {broken.map((what) => (
              <li key={what}>{what}</li>
            ))}
          </ul>
        </details>
      )}
      {leftOut.length > 0 && (
        <details>
          <summary>LogDate has no place for {counted(leftOut.length, 'detail')} of the entries</summary>
          <p class="soft">They stay in {fileName}: keep it if you want them.</p>
          <ul>
            {leftOut.map(({ field, entries }) => (
              <li key={field}>
                {field} <span class="soft">in {counted(entries, 'entry', 'entries')}</span>
              </li>
            ))}
          </ul>
        </details>
      )}
    </>
  );
}
