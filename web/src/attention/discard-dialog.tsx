import type { VNode } from 'preact';
import { Dialog } from '../frame/dialog.js';
import type { Refused } from './waiting-rows.js';

interface DiscardDialogProps {
  refused: Refused;
  onClose: () => void;
  onDiscard: () => Promise<void>;
}

const GOES: Record<Refused['record']['type'], string> = {
  content:
    'These words go from this device. If LogDate Cloud has an earlier version of the entry, you see that one again.',
  journal:
    'These words go from this device. If LogDate Cloud has an earlier version of the journal, you see that one again.',
  association: 'The entry stays, but not in this journal.',
  media: 'The file goes from this device, and it is nowhere else. Save a copy first if you have no other.',
};

/** Asks before words or a file go for good, and shows which. */
export function DiscardDialog({ refused, onClose, onDiscard }: DiscardDialogProps): VNode {
  const discard = async (): Promise<void> => {
    onClose();
    await onDiscard();
  };
  return (
    <Dialog title={refused.file ? 'Discard this file?' : 'Discard these words?'} onClose={onClose}>
      {refused.words !== '' && (
        <blockquote class="prose discard-words" tabIndex={0}>
          {refused.words}
        </blockquote>
      )}
      <p>{GOES[refused.record.type]}</p>
      <div class="row">
        <button type="button" class="button" autofocus onClick={onClose}>
          Keep
        </button>
        <button type="button" class="button button-danger" onClick={() => void discard()}>
          Discard
        </button>
      </div>
    </Dialog>
  );
}
