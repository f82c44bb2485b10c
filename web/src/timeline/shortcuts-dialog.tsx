import type { VNode } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';
import '../styles/dialog.css';
import './shortcuts-dialog.css';

const KEYS: readonly (readonly [keys: readonly string[], does: string])[] = [
  [['/'], 'Search'],
  [['n'], 'New entry'],
  [['j', '↓'], 'Next entry'],
  [['k', '↑'], 'Entry before'],
  [['Enter'], 'Open the entry'],
  [['?'], 'Show these keys'],
];

/** The keys of the timeline. */
export function ShortcutsDialog({ onClose }: { onClose: () => void }): VNode {
  const dialog = useRef<HTMLDialogElement>(null);
  useLayoutEffect(() => dialog.current?.showModal(), []);
  return (
    <dialog ref={dialog} class="dialog" aria-labelledby="keys" onClose={onClose}>
      <h2 id="keys">Keyboard shortcuts</h2>
      <dl class="shortcuts">
        {KEYS.map(([keys, does]) => (
          <div key={does}>
            <dt>
              {keys.map((key) => (
                <kbd key={key}>{key}</kbd>
              ))}
            </dt>
            <dd>{does}</dd>
          </div>
        ))}
      </dl>
      <form method="dialog">
        <button class="button">Close</button>
      </form>
    </dialog>
  );
}
