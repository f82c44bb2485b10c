import { describeStatus } from '@logdate/client/describe-status';
import type { VNode } from 'preact';
import { useJournal, useRead } from '../journal/use-journal.js';
import { counted } from '../settings/in-words.js';

/** Above the forms: where the text of this device is, and what becomes of it. */
export function SafeHere(): VNode | null {
  const { account, status } = useJournal();
  const entries = useRead((db) => db.content.count(), []);
  if (account === null) {
    if (!entries) return null;
    return <p class="soft">{counted(entries, 'entry', 'entries')} on this device stay here until you say what next.</p>;
  }
  const { state, detail } = describeStatus(status.value, Date.now());
  if (state === 'session-ended') return <p class="soft">{detail}</p>;
  return (
    <p class="soft">
      You are signed in as <strong>{account.username}</strong>. <a href="/">To the journal</a>
    </p>
  );
}
