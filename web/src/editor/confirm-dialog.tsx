import { useSignal } from '@preact/signals';
import type { VNode } from 'preact';
import { Dialog } from '../frame/dialog.js';

interface ConfirmDialogProps {
  title: string;
  text: string;
  /** What the button that does it says. */
  action: string;
  /** The dialog stays, with words, when it fails. */
  onConfirm: () => Promise<void>;
  onClose: () => void;
}

/** Asks before something is deleted. */
export function ConfirmDialog({ title, text, action, onConfirm, onClose }: ConfirmDialogProps): VNode {
  const busy = useSignal(false);
  const failed = useSignal(false);
  const confirm = async (): Promise<void> => {
    busy.value = true;
    try {
      await onConfirm();
      onClose();
    } catch {
      failed.value = true;
      busy.value = false;
    }
  };
  return (
    <Dialog title={title} onClose={onClose}>
      <p>{text}</p>
      <p class="problem" role="alert">
        {failed.value && 'It could not be deleted. Nothing was changed.'}
      </p>
      <div class="row">
        <button type="button" class="button" autofocus onClick={onClose}>
          Cancel
        </button>
        <button type="button" class="button button-danger" disabled={busy.value} onClick={() => void confirm()}>
          {action}
        </button>
      </div>
    </Dialog>
  );
}
