import { useSignal } from '@preact/signals';
import type { VNode } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';

interface ConfirmDialogProps {
  title: string;
  text: string;
  /** What the button that does it says. */
  action: string;
  /** The dialog stays, with words, when it fails. */
  onConfirm: () => Promise<void>;
  /** The dialog is gone, and the focus is where it was before. */
  onClose: () => void;
}

/** Asks before something is deleted. */
export function ConfirmDialog({ title, text, action, onConfirm, onClose }: ConfirmDialogProps): VNode {
  const place = useRef<HTMLDialogElement>(null);
  const busy = useSignal(false);
  const failed = useSignal(false);
  useLayoutEffect(() => place.current?.showModal(), []);
  const confirm = async (): Promise<void> => {
    busy.value = true;
    try {
      await onConfirm();
      place.current?.close();
    } catch {
      failed.value = true;
      busy.value = false;
    }
  };
  return (
    <dialog ref={place} class="confirm" aria-labelledby="confirm-title" onClose={onClose}>
      <h2 id="confirm-title">{title}</h2>
      <p>{text}</p>
      <p class="problem" role="alert">
        {failed.value && 'It could not be deleted. Nothing was changed.'}
      </p>
      <div class="row confirm-actions">
        <button type="button" class="button" autofocus onClick={() => place.current?.close()}>
          Cancel
        </button>
        <button type="button" class="button button-danger" disabled={busy.value} onClick={() => void confirm()}>
          {action}
        </button>
      </div>
    </dialog>
  );
}
