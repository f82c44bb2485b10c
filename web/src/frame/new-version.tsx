import { useSignal } from '@preact/signals';
import type { VNode } from 'preact';
import { newVersionWaits, takeNewVersion } from '../offline/worker.js';

/** A quiet line, once a new version is on this device; nothing changes until the person wants it. */
export function NewVersion(): VNode {
  const stays = useSignal(false);
  const reload = async (): Promise<void> => {
    stays.value = !(await takeNewVersion().catch(() => false));
  };
  return (
    <div class="new-version" role="status" aria-label="Version">
      {newVersionWaits.value && (
        <p>
          {stays.value ? 'What you typed is not saved yet. Reload after that.' : 'A new version is ready.'}{' '}
          <button type="button" class="button" onClick={() => void reload()}>
            Reload
          </button>
        </p>
      )}
    </div>
  );
}
