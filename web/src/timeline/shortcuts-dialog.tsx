import type { VNode } from 'preact';
import { Dialog } from '../frame/dialog.js';
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
  return (
    <Dialog title="Keyboard shortcuts" onClose={onClose}>
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
      <button type="button" class="button" onClick={onClose}>
        Close
      </button>
    </Dialog>
  );
}
