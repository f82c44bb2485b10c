import type { ServerTotals } from '@logdate/client/server-totals';
import { useSignal } from '@preact/signals';
import type { VNode } from 'preact';
import { useEffect } from 'preact/hooks';
import { cloudTotals } from '../account/cloud-totals.js';
import { useJournal } from '../journal/use-journal.js';
import { listed, size } from './in-words.js';

/** What the account takes in the cloud. */
export function CloudStorage(): VNode {
  const { account, status } = useJournal();
  const totals = useSignal<ServerTotals | 'asking' | 'no answer'>('asking');
  const { lastCompletedAt } = status.value;
  useEffect(() => {
    if (account === null) return;
    cloudTotals(account.id).then(
      (answer) => (totals.value = answer),
      () => (totals.value = 'no answer'),
    );
    // Each backup may have added something.
  }, [account, lastCompletedAt]);
  return <p>LogDate Cloud: {cloudWords(totals.value)}</p>;
}

function cloudWords(totals: ServerTotals | 'asking' | 'no answer'): string {
  if (totals === 'asking') return 'asking…';
  if (totals === 'no answer') return "can't be reached just now.";
  const { entries, journals, media, storageBytes } = totals;
  const rows = listed([
    [entries, 'entry', 'entries'],
    [journals, 'journal'],
    [media, 'photo or recording', 'photos and recordings'],
  ]);
  if (rows === '') return 'nothing yet.';
  return storageBytes === 0 ? `${rows}.` : `${rows}; files take ${size(storageBytes)}.`;
}
