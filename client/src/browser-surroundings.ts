// A browser's page or worker, as surroundings of the engine.
import type { Surroundings, SurroundingsEvent } from './surroundings.js';

type Source = Partial<Pick<EventTarget, 'addEventListener' | 'removeEventListener'>>;

/** What is used of a browser's global scope; a worker has no document, and a service worker hears no `online`. */
export interface BrowserScope extends Source {
  document?: Source & { readonly visibilityState: string };
  navigator?: { readonly onLine?: boolean };
}

/** Listens to the page, or as far as it goes to a worker's scope. */
export function browserSurroundings(scope: BrowserScope = globalThis): Surroundings {
  const page = scope.document;
  const visible = (): boolean => page === undefined || page.visibilityState === 'visible';
  const sources: Record<SurroundingsEvent, [Source | undefined, string][]> = {
    // Which of them comes differs by browser, and by whether the page was frozen, restored or only covered.
    foreground: [
      [page, 'visibilitychange'],
      [scope, 'pageshow'],
      [scope, 'focus'],
    ],
    background: [
      [page, 'visibilitychange'],
      [scope, 'pagehide'],
    ],
    online: [[scope, 'online']],
  };
  return {
    online: () => scope.navigator?.onLine !== false,
    visible,
    on(event, listener) {
      const heard = (happened: Event): void => {
        if (happened.type !== 'visibilitychange' || visible() === (event === 'foreground')) listener();
      };
      for (const [source, name] of sources[event]) source?.addEventListener?.(name, heard);
      return () => {
        for (const [source, name] of sources[event]) source?.removeEventListener?.(name, heard);
      };
    },
  };
}
