import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';

/** A part of a screen that comes after it is shown, so that it does not count against the first load; undefined until then. */
export function useLoaded<T>(load: () => Promise<T>): T | undefined {
  const loaded = useSignal<{ part: T } | undefined>(undefined);
  useEffect(() => {
    let ended = false;
    const show = (part: T): void => {
      if (!ended) loaded.value = { part };
    };
    // Without it the screen does what it can: a part that is not there is offline, and comes with the next visit.
    load().then(show, () => undefined);
    return () => void (ended = true);
  }, []);
  return loaded.value?.part;
}
