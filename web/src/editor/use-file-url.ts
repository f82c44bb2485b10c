import type { Entry, MediaBody } from '@logdate/client';
import { useSignal } from '@preact/signals';
import type { RefObject } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { useJournal } from '../journal/use-journal.js';
import { fileUrl } from './file-bytes.js';
import { whyNotShown } from './file-words.js';

/** A file as the screen has it. */
export interface FileUrl {
  /** Null until its bytes are read. */
  href: string | null;
  /** Why they cannot be read now, in words. */
  problem: string | null;
  isReading: boolean;
  /** They are here, and are nothing that this browser can show. */
  isUnreadable: boolean;
  /** Reads them, unless they are here. Never throws. */
  read: () => Promise<string | null>;
  cannotShow: () => void;
}

/** @param isUnasked whether it is read as soon as `place` comes into view */
export function useFileUrl(file: Entry<MediaBody>, place: RefObject<HTMLElement | null>, isUnasked: boolean): FileUrl {
  const journal = useJournal();
  const href = useSignal<string | null>(null);
  const problem = useSignal<string | null>(null);
  const isReading = useSignal(false);
  const isUnreadable = useSignal(false);
  const gone = useRef(new AbortController());
  const read = async (): Promise<string | null> => {
    if (href.peek() !== null) return href.peek();
    isReading.value = true;
    problem.value = null;
    try {
      const made = await fileUrl(journal, file, gone.current.signal);
      if (gone.current.signal.aborted) URL.revokeObjectURL(made);
      else href.value = made;
    } catch (error) {
      problem.value = whyNotShown(error);
    }
    isReading.value = false;
    return href.peek();
  };
  useEffect(() => {
    if (!isUnasked) return undefined;
    const readNow = (): void => void read();
    const again = (): void => {
      if (problem.peek() !== null) readNow();
    };
    const stop = whenInView(place.current, readNow);
    addEventListener('online', again);
    return () => {
      stop();
      removeEventListener('online', again);
    };
  }, [isUnasked]);
  useEffect(
    () => () => {
      gone.current.abort();
      URL.revokeObjectURL(href.peek() ?? '');
    },
    [],
  );
  return {
    href: href.value,
    problem: problem.value,
    isReading: isReading.value || (isUnasked && problem.value === null),
    isUnreadable: isUnreadable.value,
    read,
    cannotShow: () => (isUnreadable.value = true),
  };
}

/** Calls `then` once when the element is near what the person sees, unless the answer is called before. */
function whenInView(element: HTMLElement | null, then: () => void): () => void {
  if (element === null) return () => undefined;
  const observer = new IntersectionObserver(
    (seen) => {
      if (!seen.some(({ isIntersecting }) => isIntersecting)) return;
      observer.disconnect();
      then();
    },
    { rootMargin: '400px' },
  );
  observer.observe(element);
  return () => observer.disconnect();
}
