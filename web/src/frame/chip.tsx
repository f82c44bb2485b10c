import type { StatusState } from '@logdate/client/describe-status';
import { useSignal } from '@preact/signals';
import type { VNode } from 'preact';
import { useLocation } from 'preact-iso';
import { useEffect, useRef } from 'preact/hooks';
import { useJournal } from '../journal/use-journal.js';
import { act } from './backup-action.js';
import { useBackupWords } from './backup-words.js';
import './chip.css';

/** Red is for text in danger, amber for what waits for the person, and calm for all that goes on by itself. */
const TONES: Partial<Record<StatusState, 'danger' | 'asks' | 'safe'>> = {
  'store-lost': 'danger',
  'store-full': 'danger',
  'signed-out': 'asks',
  'session-ended': 'asks',
  'cloud-full': 'asks',
  conflicts: 'asks',
  refused: 'asks',
  done: 'safe',
};

/** Where every word is now, in a few words; opens to the details and to what the person can do. */
export function Chip(): VNode {
  const journal = useJournal();
  const words = useBackupWords();
  const open = useSignal(false);
  const place = useRef<HTMLDivElement>(null);
  const { route } = useLocation();
  const { state, chip, detail, action } = words.value;
  const failed = useSignal(false);
  const press = async (): Promise<void> => {
    try {
      await act(state, journal, route);
      open.value = failed.value = false;
    } catch {
      failed.value = true;
    }
  };
  useEffect(() => closeFromOutside(place, () => (open.value = false)), []);
  return (
    <div class={`chip chip-${TONES[state] ?? 'calm'}`} ref={place} data-state={state}>
      <button
        type="button"
        class="chip-button"
        aria-expanded={open.value}
        aria-controls="backup-details"
        onClick={() => (open.value = !open.value)}
      >
        <span class="chip-mark" aria-hidden="true" />
        <span role="status" aria-label="Backup">
          {chip}
        </span>
      </button>
      {open.value && (
        <div class="chip-details" id="backup-details">
          <p>{detail}</p>
          {action && (
            <button type="button" class="button" onClick={() => void press()}>
              {action}
            </button>
          )}
          {failed.value && <p role="alert">That did not work. Your text is where it was.</p>}
          <a href="/activity" onClick={() => (open.value = false)}>
            Activity
          </a>
        </div>
      )}
    </div>
  );
}

function closeFromOutside(place: { current: HTMLElement | null }, close: () => void): () => void {
  const onPointer = ({ target }: Event): void => {
    if (!place.current?.contains(target as Node)) close();
  };
  const onKey = ({ key }: KeyboardEvent): void => {
    if (key === 'Escape') close();
  };
  addEventListener('pointerdown', onPointer);
  addEventListener('keydown', onKey);
  return () => {
    removeEventListener('pointerdown', onPointer);
    removeEventListener('keydown', onKey);
  };
}
