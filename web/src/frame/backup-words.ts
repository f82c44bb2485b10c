// The words of the chip: those of the status, with a clock for "in 12 s", and calm about what passes quickly.
import type { SyncStatus } from '@logdate/client';
import { describeStatus, type StatusState, type StatusWords } from '@logdate/client/describe-status';
import { useComputed, useSignal, useSignalEffect, type ReadonlySignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { useJournal } from '../journal/use-journal.js';

/** A run that ends sooner is not shown: the chip would flash. */
const BUSY_AFTER_MS = 400;
const BUSY: ReadonlySet<StatusState> = new Set(['uploading', 'first-download', 'reconciling', 'media']);

/** The present words for the status of the journal that is open. */
export function useBackupWords(): ReadonlySignal<StatusWords> {
  const { status } = useJournal();
  const now = useClock(status);
  const told = useComputed(() => describeStatus(status.value, now.value));
  const calm = useSignal(told.peek());
  useSignalEffect(() => {
    const next = told.value;
    if (!BUSY.has(next.state) || BUSY.has(calm.peek().state)) {
      calm.value = next;
      return undefined;
    }
    const timer = setTimeout(() => (calm.value = told.peek()), BUSY_AFTER_MS);
    return () => clearTimeout(timer);
  });
  return calm;
}

/** The time in milliseconds; moves each second while the status counts down to something. */
function useClock(status: ReadonlySignal<SyncStatus>): ReadonlySignal<number> {
  const now = useSignal(Date.now());
  const counts = useComputed(() => status.value.waiting?.until != null);
  useSignalEffect(() => {
    now.value = Date.now();
    if (!counts.value) return undefined;
    const timer = setInterval(() => (now.value = Date.now()), 1000);
    return () => clearInterval(timer);
  });
  useEffect(() => status.subscribe(() => (now.value = Date.now())), [status]);
  return now;
}
