import { useSignal } from '@preact/signals';
import type { VNode } from 'preact';

/** Takes a text to the clipboard, and says whether it got there. */
export function CopyText({ text }: { text: string }): VNode {
  const says = useSignal('');
  const copy = async (): Promise<void> => {
    try {
      await navigator.clipboard.writeText(text);
      says.value = 'Copied';
    } catch {
      says.value = 'This browser did not let it be copied. Select the words and copy them yourself.';
    }
  };
  return (
    <>
      <button type="button" class="button" onClick={() => void copy()}>
        Copy text
      </button>
      <span role="status">{says}</span>
    </>
  );
}
