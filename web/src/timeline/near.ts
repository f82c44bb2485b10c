// Whether something has come near the window: what is far away is not read.
import { useSignal } from '@preact/signals';
import type { RefObject } from 'preact';
import { useEffect } from 'preact/hooks';

/** What is told when an element comes near, once. */
const waiting = new WeakMap<Element, () => void>();

let observer: IntersectionObserver | undefined;

/** False until the element has been near the window, then true for good. */
export function useNear(place: RefObject<Element | null>): boolean {
  const isNear = useSignal(false);
  useEffect(() => {
    const element = place.current;
    if (element === null) return undefined;
    waiting.set(element, () => (isNear.value = true));
    observer ??= new IntersectionObserver(tell, { rootMargin: '300px' });
    observer.observe(element);
    return () => observer?.unobserve(element);
  }, []);
  return isNear.value;
}

function tell(seen: readonly IntersectionObserverEntry[], from: IntersectionObserver): void {
  for (const { target } of seen.filter(({ isIntersecting }) => isIntersecting)) {
    from.unobserve(target);
    waiting.get(target)?.();
  }
}
