import type { VNode } from 'preact';
import { useJournal } from '../journal/use-journal.js';
import { CloudStorage } from './cloud-storage.js';
import { DeviceStorage } from './device-storage.js';
import { FreeUpSpace } from './free-up-space.js';

/** What the journal takes on this device and in the cloud. The chip leads here when one of them is full. */
export function StorageSection(): VNode {
  const { account } = useJournal();
  return (
    <section class="settings-section" id="storage" aria-labelledby="settings-storage">
      <h2 id="settings-storage">Storage</h2>
      <DeviceStorage />
      {account !== null && (
        <>
          <FreeUpSpace />
          <CloudStorage />
        </>
      )}
    </section>
  );
}
