import type { StatusState } from '@logdate/client/describe-status';
import type { VNode } from 'preact';
import { useLocation } from 'preact-iso';
import { useJournal } from '../journal/use-journal.js';
import { act } from './backup-action.js';
import { useBackupWords } from './backup-words.js';
import { Superseded } from './superseded.js';
import './banner.css';

/** What cannot wait for the person to look at the chip. */
const NEEDS_PERSON: ReadonlySet<StatusState> = new Set(['store-lost', 'store-full', 'session-ended', 'cloud-full']);

/** Across the page, while something needs the person: to sign in, to make room, to save text by hand. */
export function Banner(): VNode | null {
  const journal = useJournal();
  const words = useBackupWords();
  const { route, path } = useLocation();
  const { state, chip, detail, action } = words.value;
  if (journal.superseded.value) return <Superseded />;
  if (!NEEDS_PERSON.has(state) || path === '/sign-in') return null;
  const isDanger = state === 'store-lost' || state === 'store-full';
  return (
    <div class={`banner ${isDanger ? 'banner-danger' : ''}`} role={isDanger ? 'alert' : undefined}>
      <p>
        <strong>{chip}.</strong> {detail}
      </p>
      {action && (
        <button type="button" class="button" onClick={() => void act(state, journal, route)}>
          {action}
        </button>
      )}
    </div>
  );
}
