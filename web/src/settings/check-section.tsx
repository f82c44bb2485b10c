import { graphqlTransport } from '@logdate/client';
import { compareWithServer, type Comparison } from '@logdate/client/compare';
import { useSignal } from '@preact/signals';
import type { VNode } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import type { Account } from '../journal/remembered.js';
import { SERVER, session } from '../journal/session.js';
import { useJournal } from '../journal/use-journal.js';
import { differenceWords, sameWords } from './check-words.js';

type Stage =
  | { at: 'rests' }
  | { at: 'checks'; read: number; total: number }
  | { at: 'checked'; comparison: Comparison }
  | { at: 'failed' };

/** Differences that are listed; of more, their number is told. */
const LISTED = 50;

/** Holds every row of this device against LogDate Cloud; never changes anything. */
export function CheckSection({ account }: { account: Account }): VNode {
  const { store } = useJournal();
  const stage = useSignal<Stage>({ at: 'rests' });
  const left = useRef(new AbortController());
  useEffect(() => () => left.current.abort(), []);
  const check = async (): Promise<void> => {
    if (stage.peek().at === 'checks') return;
    stage.value = { at: 'checks', read: 0, total: 0 };
    try {
      const transport = graphqlTransport({ url: SERVER, auth: await session(), userId: account.id });
      const comparison = await compareWithServer({
        store,
        transport,
        signal: left.current.signal,
        onProgress: ({ done, total }) => (stage.value = { at: 'checks', read: done, total }),
      });
      stage.value = { at: 'checked', comparison };
    } catch {
      stage.value = { at: 'failed' };
    }
  };
  const { value: now } = stage;
  return (
    <section class="settings-section" aria-labelledby="settings-check">
      <h2 id="settings-check">Check my backup</h2>
      <p>Compares every entry on this device with LogDate Cloud. Nothing is changed.</p>
      {now.at === 'checks' && (
        <progress aria-label="Check" max={now.total || 1} value={now.total === 0 ? undefined : now.read} />
      )}
      <div role="status">
        {now.at === 'checked' && <Result comparison={now.comparison} />}
        {now.at === 'failed' && (
          <p>The check could not be finished: LogDate Cloud can't be reached. Try again later.</p>
        )}
      </div>
      <p>
        <button type="button" class="button" aria-disabled={now.at === 'checks'} onClick={() => void check()}>
          {now.at === 'checks' ? 'Checking…' : 'Check my backup'}
        </button>
      </p>
    </section>
  );
}

function Result({ comparison }: { comparison: Comparison }): VNode {
  const { differences } = comparison;
  return (
    <>
      <p>{sameWords(comparison)}</p>
      {differences.length > 0 && (
        <ul>
          {differences.slice(0, LISTED).map((difference) => (
            <li key={`${difference.type} ${difference.id}`}>
              {difference.type === 'content' ? (
                <a href={`/entry/${difference.id}`}>{differenceWords(difference)}</a>
              ) : (
                differenceWords(difference)
              )}
            </li>
          ))}
          {differences.length > LISTED && <li>… and {(differences.length - LISTED).toLocaleString('en')} more</li>}
        </ul>
      )}
    </>
  );
}
