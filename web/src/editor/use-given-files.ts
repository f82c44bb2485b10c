import { useSignal, type ReadonlySignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';

/** Takes files that are pasted or dropped anywhere on the page. @returns whether some are held over it */
export function useGivenFiles(take: (files: readonly File[]) => void): ReadonlySignal<boolean> {
  const isOver = useSignal(false);
  const taker = useRef(take);
  taker.current = take;
  useEffect(() => {
    const ended = new AbortController();
    const { signal } = ended;
    const give = (event: Event, given: DataTransfer | null): void => {
      const files = [...(given?.files ?? [])];
      if (files.length === 0) return;
      event.preventDefault();
      taker.current(files);
    };
    const listen = <K extends keyof WindowEventMap>(name: K, on: (event: WindowEventMap[K]) => void): void =>
      addEventListener(name, on, { signal });
    listen('paste', (event) => {
      // Words that were copied together with a picture of them are words.
      if (event.clipboardData?.types.includes('text/plain') !== true) give(event, event.clipboardData);
    });
    listen('dragover', (event) => {
      if (!hasFiles(event)) return;
      event.preventDefault();
      isOver.value = true;
    });
    listen('dragleave', ({ relatedTarget }) => {
      if (relatedTarget === null) isOver.value = false;
    });
    listen('drop', (event) => {
      isOver.value = false;
      if (hasFiles(event)) give(event, event.dataTransfer);
    });
    return () => ended.abort();
  }, []);
  return isOver;
}

function hasFiles({ dataTransfer }: DragEvent): boolean {
  return dataTransfer?.types.includes('Files') === true;
}
