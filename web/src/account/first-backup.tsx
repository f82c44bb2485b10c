import { useSignal, type Signal } from '@preact/signals';
import type { VNode } from 'preact';
import { useLocation } from 'preact-iso';
import { useEffect, useRef } from 'preact/hooks';
import { useJournal } from '../journal/use-journal.js';
import { counted, listed } from '../settings/in-words.js';
import { cloudTotals } from './cloud-totals.js';
import { combineInto, type Combined } from './combine.js';
import { firstBackupAnswered } from './first-backup-due.js';
import { hasAny, writtenBefore, type Written } from './written-before.js';
import './account.css';

/** How much is on either side. */
type Side = Written | 'asking' | 'no answer';

type Stage =
  | { at: 'asks' }
  | { at: 'waits' }
  | { at: 'combines'; combined: Combined | null }
  | { at: 'damaged'; files: number }
  | { at: 'failed' };

/** Entries that were written before the sign-in: whether they become part of the account's journal. */
export function FirstBackup(): VNode {
  const { account } = useJournal();
  const { route } = useLocation();
  const here = useSignal<Side>('asking');
  const cloud = useSignal<Side>('asking');
  useEffect(() => void ask(here, writtenBefore), []);
  useEffect(() => void (account && ask(cloud, () => cloudTotals(account.id))), [account]);
  const leave = (): void => {
    firstBackupAnswered();
    route('/', true);
  };
  if (account === null) return <SignInFirst />;
  if (typeof here.value === 'object' && !hasAny(here.value)) return <NothingHere onLeave={leave} />;
  return (
    <div class="first-backup">
      <h1>Two journals, one person</h1>
      <p>You wrote on this device before you signed in as {account.username}.</p>
      <dl class="both-sides">
        <SideShown title="On this device" side={here.value} />
        <SideShown title="In LogDate Cloud" side={cloud.value} />
      </dl>
      <Combining onDone={leave} />
    </div>
  );
}

function SideShown({ title, side }: { title: string; side: Side }): VNode {
  return (
    <div>
      <dt>{title}</dt>
      {typeof side === 'string' ? (
        <dd>
          <small>{side === 'asking' ? 'Counting…' : "Can't be counted just now"}</small>
        </dd>
      ) : (
        <dd>
          {counted(side.entries, 'entry', 'entries')}
          <small>
            {listed([
              [side.journals, 'journal'],
              [side.media, 'photo or recording', 'photos and recordings'],
            ])}
          </small>
        </dd>
      )}
    </div>
  );
}

/** The answer: combines, with progress, or leaves all as it is. */
function Combining({ onDone }: { onDone: () => void }): VNode {
  const journal = useJournal();
  const stage = useSignal<Stage>({ at: 'asks' });
  const left = useRef(new AbortController());
  useEffect(() => () => left.current.abort(), []);
  const combine = async (): Promise<void> => {
    stage.value = { at: 'waits' };
    try {
      const show = (combined: Combined): void => void (stage.value = { at: 'combines', combined });
      const files = await combineInto(journal, left.current.signal, show);
      if (files > 0) stage.value = { at: 'damaged', files };
      else onDone();
    } catch {
      stage.value = { at: 'failed' };
    }
  };
  const { value: now } = stage;
  if (now.at === 'waits' || now.at === 'combines') return <Progress now={now} />;
  if (now.at === 'damaged') return <Damaged files={now.files} onDone={onDone} />;
  return (
    <>
      <p>
        Combined, all of it is in one journal, on all your devices. Nothing is doubled, and nothing is removed here
        before it has arrived.
      </p>
      {now.at === 'failed' && (
        <p class="problem" role="alert">
          Not everything could be combined. Nothing is lost: what was written here is still on this device. Try again.
        </p>
      )}
      <p class="row">
        <button type="button" class="button button-main" onClick={() => void combine()}>
          Combine
        </button>
        <button type="button" class="button" onClick={onDone}>
          Not now
        </button>
      </p>
      <p class="soft">Not now: they stay on this device only. You find the question again in Settings.</p>
    </>
  );
}

function Progress({ now }: { now: { at: 'waits' } | { at: 'combines'; combined: Combined | null } }): VNode {
  const combined = now.at === 'combines' ? now.combined : null;
  return (
    <>
      <progress aria-label="Combining" max={combined?.total || 1} value={combined?.done} />
      <p role="status">
        {combined === null
          ? 'Combining… If it does not begin, close the other tabs of LogDate.'
          : `Combining ${combined.done.toLocaleString('en')} of ${combined.total.toLocaleString('en')}`}
      </p>
      <p class="soft">If this page is closed, it goes on when you come back.</p>
    </>
  );
}

function Damaged({ files, onDone }: { files: number; onDone: () => void }): VNode {
  return (
    <>
      <p role="status">
        Every word is in one journal now. {counted(files, 'photo or recording is', 'photos and recordings are')} not
        whole on this device and could not come along: they stay here as they are.
      </p>
      <p>
        <button type="button" class="button button-main" onClick={onDone}>
          To the journal
        </button>
      </p>
    </>
  );
}

function SignInFirst(): VNode {
  return (
    <div class="first-backup">
      <h1>Nobody is signed in</h1>
      <p>
        What you wrote is on this device. <a href="/sign-in">Sign in</a> to back it up.
      </p>
    </div>
  );
}

function NothingHere({ onLeave }: { onLeave: () => void }): VNode {
  return (
    <div class="first-backup">
      <h1>All is in one journal</h1>
      <p>Nothing is left on this device that was written before you signed in.</p>
      <p>
        <button type="button" class="button button-main" onClick={onLeave}>
          To the journal
        </button>
      </p>
    </div>
  );
}

async function ask(side: Signal<Side>, count: () => Promise<Written>): Promise<void> {
  side.value = await count().catch((): Side => 'no answer');
}
