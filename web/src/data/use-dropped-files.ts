import { useSignal, type ReadonlySignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';

/**
 * Takes files that are dropped anywhere on the screen: one that misses a small target would be opened by the browser,
 * and the app would be gone.
 * @returns whether files are held over the screen now
 */
export function useDroppedFiles(take: (files: File[]) => void): ReadonlySignal<boolean> {
  const isOver = useSignal(false);
  useEffect(() => {
    const hold = (event: DragEvent): void => {
      if (!event.dataTransfer?.types.includes('Files')) return;
      event.preventDefault();
      isOver.value = true;
    };
    const leave = ({ relatedTarget }: DragEvent): void => {
      // Null: the pointer left the window, not only an element in it.
      if (relatedTarget === null) isOver.value = false;
    };
    const drop = (event: DragEvent): void => {
      if (!event.dataTransfer?.types.includes('Files')) return;
      event.preventDefault();
      isOver.value = false;
      take([...event.dataTransfer.files]);
    };
    const listeners = { dragover: hold, dragleave: leave, drop };
    for (const [name, listener] of Object.entries(listeners)) addEventListener(name, listener as EventListener);
    return () => {
      for (const [name, listener] of Object.entries(listeners)) removeEventListener(name, listener as EventListener);
    };
  }, [take]);
  return isOver;
}
