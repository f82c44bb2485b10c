import type { VNode } from 'preact';
import { useJournal } from '../journal/use-journal.js';
import { size } from '../settings/in-words.js';
import { exportOf, startExport, type ExportState } from './export-run.js';
import { exportedWords, exportFailureWords, fromCloudWords } from './export-words.js';
import { Outcome } from './outcome.js';
import { ProgressBar } from './progress-bar.js';

/** Takes everything along in a ZIP. */
export function ExportSection(): VNode {
  const journal = useJournal();
  const state = exportOf(journal).value;
  return (
    <section class="data-section" aria-labelledby="data-export">
      <h2 id="data-export">Export</h2>
      <p>
        Everything in one ZIP file: each entry as a text that any program can open, photos and recordings as they are,
        and all that LogDate needs to bring it back.
      </p>
      <Outcome state={state.state}>
        <ExportOutcome {...state} />
      </Outcome>
      {state.state !== 'running' && (
        <p>
          <button type="button" class="button" onClick={() => void startExport(journal)}>
            {state.state === 'failed' ? 'Try again…' : 'Export as ZIP…'}
          </button>
        </p>
      )}
    </section>
  );
}

function ExportOutcome(now: ExportState): VNode | null {
  switch (now.state) {
    case 'none':
      return null;
    case 'running':
      return (
        <>
          <ProgressBar label="Writing the ZIP" {...(now.total > 0 && { done: now.done, total: now.total })} />
          {now.fromCloud > 0 && <p class="soft">{fromCloudWords(now.fromCloud)}</p>}
          <p>
            <button type="button" class="button" onClick={now.cancel}>
              Cancel
            </button>
          </p>
        </>
      );
    case 'ended':
      return (
        <p role="status">
          {exportedWords(now.exported, now.fileName)} {now.exported.zip && <span class="soft">({size(now.exported.zip.size)}, among your downloads)</span>}
        </p>
      );
    case 'failed':
      return (
        <p class={now.failure.code === 'cancelled' ? '' : 'problem'} role="alert">
          {exportFailureWords(now.failure)}
        </p>
      );
  }
}
