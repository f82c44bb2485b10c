import { useSignal } from '@preact/signals';
import type { VNode } from 'preact';
import { problemWords } from '../activity/problem-words.js';
import { useJournal } from '../journal/use-journal.js';
import { clockTime, counted } from './in-words.js';

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
  const { waiting, media } = status.value;
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
      <div class="settings-choice">
        <input
          id="photos-on"
          type="checkbox"
          checked={!media.paused}
          disabled={!isOn}
          aria-describedby="photos-on-means"
          onChange={({ currentTarget }) =>
            void choose(() => (currentTarget.checked ? db.media.resume() : db.media.pause()))
          }
        />
        <label for="photos-on">Back up photos and recordings</label>
        <p class="soft" id="photos-on-means">
          {media.paused
            ? `Paused: ${counted(media.waiting, 'file waits', 'files wait')} on this device. Words still back up.`
            : 'They go up after the words. Pause them to save data or battery.'}
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
