import type { Bell } from '../../src/bell.js';

/** Bells of tabs that hear each other: each call makes that of one more tab. */
export function playedBells(): () => Bell {
  const listeners = new Set<{ own: object; listener: () => void }>();
  return () => {
    const own = {};
    return {
      ring: () => {
        for (const heard of listeners) if (heard.own !== own) heard.listener();
      },
      onRing(listener) {
        const heard = { own, listener };
        listeners.add(heard);
        return () => void listeners.delete(heard);
      },
      close: () => undefined,
    };
  };
}
