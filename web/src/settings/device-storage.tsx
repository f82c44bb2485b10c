import { useSignal } from '@preact/signals';
import type { VNode } from 'preact';
import { useEffect } from 'preact/hooks';
import { useJournal } from '../journal/use-journal.js';
import { size } from './in-words.js';

/** What the browser says about its storage; a part is missing where it says nothing. */
interface Estimate {
  /** Bytes of everything that LogDate keeps here. */
  usage: number | undefined;
  /** Bytes that the browser gives at most. */
  quota: number | undefined;
  /** Whether the browser keeps it even when the device runs out of room. */
  isKept: boolean;
}

/** What the journal takes on this device, and whether the browser promises to keep it. */
export function DeviceStorage(): VNode {
  const { revision } = useJournal();
  const estimate = useSignal<Estimate | null>(null);
  const refused = useSignal(false);
  const look = async (): Promise<void> => {
    estimate.value = await estimated();
  };
  useEffect(() => revision.subscribe(() => void look()), [revision]);
  const keep = async (): Promise<void> => {
    refused.value = !(await navigator.storage.persist().catch(() => false));
    await look();
  };
  if (estimate.value === null) return <p class="soft">This device: counting…</p>;
  const { usage, quota, isKept } = estimate.value;
  return (
    <>
      <UsageBar usage={usage} quota={quota} />
      <p>
        {isKept
          ? 'The browser keeps your journal on this device, even when the device runs low on space.'
          : 'The browser may remove what is on this device when the device runs low on space.'}
      </p>
      {!isKept && (
        <p>
          <button type="button" class="button" onClick={() => void keep()}>
            Keep on this device
          </button>
        </p>
      )}
      {refused.value && !isKept && (
        <p role="status">
          The browser has not agreed yet. It does so more readily when LogDate is installed or used often.
        </p>
      )}
    </>
  );
}

function UsageBar({ usage, quota }: Pick<Estimate, 'usage' | 'quota'>): VNode | null {
  if (usage === undefined) return null;
  if (!quota) return <p>This device: {size(usage)}</p>;
  return (
    <>
      <p id="device-usage">
        This device: {size(usage)} of the {size(quota)} that the browser gives LogDate
      </p>
      <p>
        <meter aria-labelledby="device-usage" min={0} max={quota} high={quota * 0.9} value={usage} />
      </p>
    </>
  );
}

/** Pages without a secure connection get no answer. */
async function estimated(): Promise<Estimate> {
  if (!('storage' in navigator)) return { usage: undefined, quota: undefined, isKept: false };
  const { usage, quota } = await navigator.storage.estimate().catch((): StorageEstimate => ({}));
  return { usage, quota, isKept: await navigator.storage.persisted().catch(() => false) };
}
