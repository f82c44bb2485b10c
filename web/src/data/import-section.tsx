import { useSignal } from '@preact/signals';
import type { VNode } from 'preact';
import { useCallback } from 'preact/hooks';
import { useJournal } from '../journal/use-journal.js';
import { ChooseZip } from './choose-zip.js';
import { ImportProgress } from './import-progress.js';
import { importOf, startImport } from './import-run.js';
import { ImportSummary } from './import-summary.js';
import { importFailureWords } from './import-words.js';
import { Outcome } from './outcome.js';
import { useDroppedFiles } from './use-dropped-files.js';

/** Brings a journal in from a ZIP, and says what came of it. */
export function ImportSection(): VNode {
  const journal = useJournal();
  const state = importOf(journal).value;
  const isTooMany = useSignal(false);
  const take = useCallback(
    (files: File[]): void => {
      isTooMany.value = files.length > 1;
      const [file] = files;
      if (file !== undefined && files.length === 1) startImport(journal, file).catch(reportError);
    },
    [journal],
  );
  const isOver = useDroppedFiles(take);
  return (
    <section class="data-section" aria-labelledby="data-import">
      <h2 id="data-import">Import</h2>
      <p>
        Bring in an export of Day One or of LogDate: one ZIP file. What you have stays as it is, and the same file can be
        imported again.
      </p>
      <Outcome state={state.state}>
        {state.state === 'running' && <ImportProgress {...state} />}
        {state.state === 'ended' && <ImportSummary imported={state.imported} fileName={state.fileName} />}
        {state.state === 'failed' && (
          <p class="problem" role="alert">
            {importFailureWords(state.failure, state.fileName)}
          </p>
        )}
      </Outcome>
      {isTooMany.value && (
        <p class="problem" role="alert">
          One file at a time, please. Nothing was imported.
        </p>
      )}
      {state.state !== 'running' && <ChooseZip isOver={isOver.value} take={take} />}
    </section>
  );
}
