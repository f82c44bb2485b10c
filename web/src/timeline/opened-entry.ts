// Where the list was when an entry was opened, so that Back finds it there again.
import { useLocation } from 'preact-iso';
import { useLayoutEffect, useRef } from 'preact/hooks';

interface Place {
  entryId: string;
  /** Of its link, in pixels below the top of the window. */
  top: number;
  /** How many entries the list had grown to. */
  limit: number;
}

/** By address: filters and searches are lists of their own. Gone with a reload, as the browser then scrolls itself. */
const places = new Map<string, Place>();

/** Keeps where the list at this address is, when the person opens an entry of it. */
export function rememberPlace(address: string, link: HTMLElement, limit: number): void {
  const entryId = link.dataset['entry'];
  if (entryId !== undefined) places.set(address, { entryId, top: link.getBoundingClientRect().top, limit });
}

/** Where the person left this list, if Back led here. */
export function useLeftPlace(): Place | undefined {
  const location = useLocation();
  // The router knows whether a link or Back led here, and its types leave it out.
  const wasPush = 'wasPush' in location && location.wasPush === true;
  return wasPush ? undefined : places.get(location.url);
}

/** Shows and focuses the entry that was opened, once it is in the list. @param shown how many entries are there */
export function useReturn(shown: number): void {
  const place = useRef(useLeftPlace());
  useLayoutEffect(() => {
    if (place.current === undefined) return;
    const { entryId, top } = place.current;
    const link = document.querySelector<HTMLElement>(`[data-entry="${CSS.escape(entryId)}"]`);
    if (link === null) return;
    place.current = undefined;
    link.focus({ preventScroll: true });
    scrollBy({ top: link.getBoundingClientRect().top - top, behavior: 'instant' });
  }, [shown]);
}
