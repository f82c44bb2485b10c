import { describeStatus } from '@logdate/client/describe-status';
import { useSignal } from '@preact/signals';
import type { VNode } from 'preact';
import { useLocation } from 'preact-iso';
import { useEffect, useRef } from 'preact/hooks';
import { useJournal } from '../journal/use-journal.js';
import { Dialog } from '../frame/dialog.js';
import { backUpAll, isCovered, leftBehind, leftBehindWords, signOut, type LeftBehind } from './sign-out.js';

/** Where the person is on the way out. */
type Stage =
  | { at: 'choosing' }
  | { at: 'backing up' }
  | { at: 'confirming'; left: LeftBehind }
  | { at: 'leaving' }
  | { at: 'failed' };

/** Signs out, after it has said what is not backed up and what becomes of the journal on this device. */
export function SignOutDialog({ onClose }: { onClose: () => void }): VNode {
  const { db, status } = useJournal();
  const { route } = useLocation();
  const stage = useSignal<Stage>({ at: 'choosing' });
  const leave = async (journal: 'keep' | 'delete'): Promise<void> => {
    stage.value = { at: 'leaving' };
    try {
      await signOut(db, journal);
      route('/');
    } catch {
      stage.value = { at: 'failed' };
    }
  };
  const remove = async (confirmed: LeftBehind): Promise<void> => {
    const left = leftBehind(status.peek());
    if (isCovered(left, confirmed)) return leave('delete');
    stage.value = { at: 'confirming', left };
  };
  const { value: now } = stage;
  if (now.at === 'confirming') {
    return (
      <ConfirmDelete
        left={now.left}
        onConfirm={() => void remove(now.left)}
        onClose={() => (stage.value = { at: 'choosing' })}
      />
    );
  }
  return (
    <Dialog title="Sign out" onClose={onClose}>
      {now.at === 'failed' && (
        <p class="problem" role="alert">
          Signing out did not work. Nothing was removed from this device.
        </p>
      )}
      {now.at === 'leaving' && <p role="status">Signing out…</p>}
      {now.at === 'backing up' && <BackingUp onEnd={() => (stage.value = { at: 'choosing' })} />}
      {(now.at === 'choosing' || now.at === 'failed') && (
        <Choices
          onBackUp={() => (stage.value = { at: 'backing up' })}
          onKeep={() => void leave('keep')}
          onDelete={() => void remove({ changes: 0, files: 0 })}
          onClose={onClose}
        />
      )}
    </Dialog>
  );
}

interface ChoicesProps {
  onBackUp: () => void;
  onKeep: () => void;
  onDelete: () => void;
  onClose: () => void;
}

function Choices({ onBackUp, onKeep, onDelete, onClose }: ChoicesProps): VNode {
  const { account, status } = useJournal();
  const left = leftBehindWords(leftBehind(status.value));
  // Nothing goes up any more before the next sign-in.
  const isEnded = status.value.waiting?.reason === 'signed-out';
  return (
    <>
      <p role="status">
        {left === '' ? 'Everything is in LogDate Cloud.' : `Not in LogDate Cloud yet: ${left}.`} What becomes of the
        journal on this device?
      </p>
      <div class="sign-out-choices">
        {left !== '' && !isEnded && (
          <button type="button" class="button button-main sign-out-choice" onClick={onBackUp}>
            Back up first
            <span>Then choose again, with nothing left behind.</span>
          </button>
        )}
        <button type="button" class="button sign-out-choice" onClick={onKeep}>
          Keep on this device
          <span>It is shown again when {account?.username || 'its owner'} signs in here.</span>
        </button>
        <button type="button" class="button button-danger sign-out-choice" onClick={onDelete}>
          Delete from this device
          <span>
            {left === ''
              ? 'It stays in LogDate Cloud.'
              : `What is in LogDate Cloud stays there. Lost for good: ${left}.`}
          </span>
        </button>
        <button type="button" class="button" onClick={onClose}>
          Stay signed in
        </button>
      </div>
    </>
  );
}

/** Waits for the backup, with what the chip says of it; can be given up at any time. */
function BackingUp({ onEnd }: { onEnd: () => void }): VNode {
  const { db, status } = useJournal();
  const button = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    const giveUp = new AbortController();
    // Given up, or the journal was closed under it: the person chooses again, with the numbers as they are.
    backUpAll(db, giveUp.signal).then(onEnd, onEnd);
    button.current?.focus();
    return () => giveUp.abort();
  }, [db]);
  const left = leftBehind(status.value);
  const { chip, detail } = describeStatus(status.value, Date.now());
  const count = left.changes + left.files;
  // What is written meanwhile is waited for, and does not push the bar back.
  const most = useRef(count);
  const fewest = useRef(count);
  fewest.current = Math.min(fewest.current, count);
  return (
    <>
      <p role="status">
        {count === 0 ? 'Everything is in LogDate Cloud.' : `Still to go up: ${leftBehindWords(left)}.`}
      </p>
      <progress aria-label="Backup" max={most.current} value={most.current - fewest.current} />
      <p class="soft">
        {chip}. {detail}
      </p>
      <p>
        <button type="button" class="button" ref={button} onClick={onEnd}>
          Stop waiting
        </button>
      </p>
    </>
  );
}

interface ConfirmDeleteProps {
  left: LeftBehind;
  onConfirm: () => void;
  onClose: () => void;
}

function ConfirmDelete({ left, onConfirm, onClose }: ConfirmDeleteProps): VNode {
  const words = leftBehindWords(left);
  return (
    <Dialog title={`Delete ${words} for good?`} onClose={onClose}>
      <p>That is only on this device. Once deleted, nobody can bring it back.</p>
      <p class="row">
        <button type="button" class="button button-main" onClick={onClose}>
          Back
        </button>
        <button type="button" class="button button-danger" onClick={onConfirm}>
          Delete {words}
        </button>
      </p>
    </Dialog>
  );
}
