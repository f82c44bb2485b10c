import { NewerStoreError, StoreFullError } from '@logdate/client';
import type { VNode } from 'preact';
import { tryAgain } from '../journal/shown-journal.js';
import { reloadNewest } from '../offline/worker.js';

/** Instead of every screen, when this browser cannot open the journal that it holds. */
export function CannotOpen({ error }: { error: unknown }): VNode {
  const [title, text] = wordsFor(error);
  return (
    <main class="frame-main">
      <div role="alert">
        <h1>{title}</h1>
        <p>{text}</p>
      </div>
      <p class="row">
        <button type="button" class="button" onClick={() => tryAgain()}>
          Try again
        </button>
        <button type="button" class="button" onClick={() => void reloadNewest()}>
          Reload
        </button>
      </p>
    </main>
  );
}

/** Instead of every screen, until an older version in another tab lets go; goes by itself. */
export function WaitsForTabs(): VNode {
  return (
    <main class="frame-main">
      <div role="alert">
        <h1>An older LogDate is open in another tab</h1>
        <p>Close or reload that tab, and your journal opens here. Nothing was changed.</p>
      </div>
    </main>
  );
}

function wordsFor(error: unknown): [title: string, text: string] {
  if (error instanceof NewerStoreError)
    return [
      'A newer LogDate was here',
      'Your journal is safe here, and was written by a newer version of this app. Reload to get that version.',
    ];
  if (error instanceof StoreFullError)
    return ['This device is full', 'Your journal is safe. Free some space on this device, then try again.'];
  return [
    'Your journal cannot be opened',
    'This browser does not give access to its storage, as in some private windows. Nothing was changed.',
  ];
}
