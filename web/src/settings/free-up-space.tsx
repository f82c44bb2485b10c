import { freeLocalCopies } from '@logdate/client/media';
import { useSignal } from '@preact/signals';
import type { VNode } from 'preact';
import { useJournal, useRead } from '../journal/use-journal.js';
import { Dialog } from '../frame/dialog.js';
import { counted, size } from './in-words.js';
import { countLocalCopies, type LocalCopies } from './local-copies.js';

/** Makes room on this device: photos that are in the cloud leave it, once the person has confirmed. */
export function FreeUpSpace(): VNode {
  const { store } = useJournal();
  const freed = useSignal<LocalCopies | null>(null);
  const copies = useRead(() => countLocalCopies(store), [store, freed.value]);
  const isAsking = useSignal(false);
  if (copies === undefined) return <p class="soft">Looking for photos that are in LogDate Cloud too…</p>;
  return (
    <>
      <p role="status">
        {freed.value !== null && `${size(freed.value.bytes)} freed. `}
        {copies.files === 0
          ? 'No photo or recording takes room here that is in LogDate Cloud too.'
          : `${photos(copies)} (${size(copies.bytes)}) are on this device and in LogDate Cloud.`}
      </p>
      {copies.files > 0 && (
        <p>
          <button type="button" class="button" onClick={() => (isAsking.value = true)}>
            Free up space…
          </button>
        </p>
      )}
      {isAsking.value && (
        <FreeUpSpaceDialog
          copies={copies}
          onFreed={() => (freed.value = copies)}
          onClose={() => (isAsking.value = false)}
        />
      )}
    </>
  );
}

interface FreeUpSpaceDialogProps {
  copies: LocalCopies;
  onFreed: () => void;
  onClose: () => void;
}

function FreeUpSpaceDialog({ copies, onFreed, onClose }: FreeUpSpaceDialogProps): VNode {
  const { store } = useJournal();
  const stage = useSignal<'asks' | 'busy' | 'failed'>('asks');
  const free = async (): Promise<void> => {
    if (stage.peek() === 'busy') return;
    stage.value = 'busy';
    try {
      await freeLocalCopies(store);
      onFreed();
      onClose();
    } catch {
      stage.value = 'failed';
    }
  };
  return (
    <Dialog title={`Remove ${photos(copies)} from this device?`} onClose={onClose}>
      <p>
        They stay in LogDate Cloud, and come back one by one when you look at them. Without a network they can't be
        shown. Your words, and what is not backed up yet, stay on this device.
      </p>
      {stage.value === 'failed' && (
        <p class="problem" role="alert">
          Not all of them could be removed. Nothing is lost; try again.
        </p>
      )}
      <p class="row">
        <button type="button" class="button button-main" onClick={() => void free()}>
          {stage.value === 'busy' ? 'Freeing space…' : `Free ${size(copies.bytes)}`}
        </button>
        <button type="button" class="button" onClick={onClose}>
          Cancel
        </button>
      </p>
    </Dialog>
  );
}

function photos({ files }: LocalCopies): string {
  return counted(files, 'photo or recording', 'photos and recordings');
}
