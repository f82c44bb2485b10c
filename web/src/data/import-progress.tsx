import type { VNode } from 'preact';
import type { ImportState } from './import-run.js';
import { KIND_WORDS } from './import-words.js';
import { IMPORT_KINDS } from './journal-work.js';
import { ProgressBar } from './progress-bar.js';

/** How far the import is, a bar for each kind of thing that it brings. */
export function ImportProgress({ fileName, bars, isStopping, cancel }: ImportState & { state: 'running' }): VNode {
  const kinds = IMPORT_KINDS.filter((what) => (bars[what]?.total ?? 0) > 0);
  return (
    <>
      <p role="status">{isStopping ? 'Stopping after what is being written…' : `Importing ${fileName}…`}</p>
      {Object.keys(bars).length === 0 && <ProgressBar label="Reading the file" />}
      {kinds.map((what) => (
        <ProgressBar key={what} label={KIND_WORDS[what]} {...bars[what]} />
      ))}
      <p class="soft">
        You can go on writing. If this page is closed, import the file again: it goes on where it ended.
      </p>
      <p>
        <button type="button" class="button" disabled={isStopping} onClick={cancel}>
          Cancel
        </button>
      </p>
    </>
  );
}
