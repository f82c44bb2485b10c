import type { VNode } from 'preact';
import { reloadNewest } from '../offline/worker.js';

/** In a tab that a newer version, open in another tab, has left without storage: its text goes on after a reload. */
export function Superseded(): VNode {
  return (
    <div class="banner" role="alert">
      <p>
        <strong>A newer LogDate is open in another tab.</strong> This tab cannot save any more. Reload it to go on: what
        you typed comes along.
      </p>
      <button type="button" class="button" onClick={() => void reloadNewest()}>
        Reload
      </button>
    </div>
  );
}
