import { useSignal } from '@preact/signals';
import type { VNode } from 'preact';
import { useRef } from 'preact/hooks';

interface AskFirstProps {
  label: string;
  /** What goes; null where nothing does, and nothing is asked. */
  warning: string | null;
  action: string;
  onConfirm: () => void;
}

/** A button that asks once more, in its place, where words would go. */
export function AskFirst({ label, warning, action, onConfirm }: AskFirstProps): VNode {
  const isAsking = useSignal(false);
  const button = useRef<HTMLButtonElement>(null);
  const stay = useRef<HTMLButtonElement>(null);
  const ask = (asking: boolean): void => {
    isAsking.value = asking;
    // The other button is there once this is drawn.
    requestAnimationFrame(() => (asking ? stay : button).current?.focus());
  };
  if (!isAsking.value || warning === null) {
    return (
      <button ref={button} type="button" class="button" onClick={() => (warning === null ? onConfirm() : ask(true))}>
        {label}
      </button>
    );
  }
  return (
    <div class="row ask-first" role="alert">
      <span>{warning}</span>
      <button ref={stay} type="button" class="button" onClick={() => ask(false)}>
        Stay here
      </button>
      <button
        type="button"
        class="button button-danger"
        onClick={() => {
          isAsking.value = false;
          onConfirm();
        }}
      >
        {action}
      </button>
    </div>
  );
}
