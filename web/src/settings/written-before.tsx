import { useSignal } from '@preact/signals';
import type { VNode } from 'preact';
import { useEffect } from 'preact/hooks';
import { writtenBefore, type Written } from '../account/written-before.js';
import { listed } from './in-words.js';

/** What was written before the sign-in, and where it is; nothing where there is none. */
export function WrittenBefore(): VNode | null {
  const written = useSignal<Written | null>(null);
  useEffect(() => {
    // Where it cannot be counted, the chip says what is wrong with the storage.
    writtenBefore().then(
      (counted) => (written.value = counted),
      () => undefined,
    );
  }, []);
  const words = written.value === null ? '' : writtenWords(written.value);
  if (words === '') return null;
  return (
    <p>
      Written here before you signed in: {words}. They are still on this device only.{' '}
      <a href="/first-backup">Combine with your journal</a>
    </p>
  );
}

/** "214 entries, 2 journals and 3 photos or recordings"; empty where there is nothing. */
function writtenWords({ entries, journals, media }: Written): string {
  return listed([
    [entries, 'entry', 'entries'],
    [journals, 'journal'],
    [media, 'photo or recording', 'photos and recordings'],
  ]);
}
