import { useSignal } from '@preact/signals';
import type { VNode } from 'preact';
import { problemWords } from '../activity/problem-words.js';
import { useJournal } from '../journal/use-journal.js';
import { clockTime } from './in-words.js';

/** Whether this device backs up, and how it went. */
export function BackupSection(): VNode {
  return (
    <section class="settings-section" aria-labelledby="settings-backup">
      <h2 id="settings-backup">Backup</h2>
      <Choices />
      <Facts />
    </section>
  );
}

function Choices(): VNode {
  const { db, status } = useJournal();
  const failed = useSignal(false);
  const { waiting } = status.value;
  const isOn = waiting?.reason !== 'backup-off';
  const choose = async (choice: () => Promise<void>): Promise<void> => {
    failed.value = false;
    await choice().catch(() => (failed.value = true));
  };
  return (
    <>
      <div class="settings-choice">
        <input
          id="backup-on"
          type="checkbox"
          checked={isOn}
          aria-describedby="backup-on-means"
          onChange={({ currentTarget }) => void choose(() => db.sync.turnBackup(currentTarget.checked))}
        />
        <label for="backup-on">Back up to LogDate Cloud</label>
        <p class="soft" id="backup-on-means">
          {isOn
            ? 'What you write here goes to LogDate Cloud and to your other devices by itself.'
            : 'New entries stay on this device only, and nothing arrives from your other devices. What is in LogDate Cloud already stays there.'}
        </p>
      </div>
      {failed.value && (
        <p class="problem" role="alert">
          The choice could not be kept. This device may be full.
        </p>
      )}
    </>
  );
}

function Facts(): VNode {
  const { status } = useJournal();
  const { lastCompletedAt, lastError } = status.value;
  const now = Date.now();
  return (
    <dl class="settings-facts">
      <dt>Last backed up</dt>
      <dd>{lastCompletedAt === null ? 'Not yet' : clockTime(lastCompletedAt, now)}</dd>
      <dt>Last problem</dt>
      <dd>
        {lastError === null ? (
          'None since then'
        ) : (
          <>
            {problemWords(lastError.code)}, {clockTime(lastError.at, now)}.{' '}
            <a href="/activity?show=problems">See all problems</a>
          </>
        )}
      </dd>
    </dl>
  );
}
