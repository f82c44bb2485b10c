// Tells the other tabs of a journal that something changed in the store they share.

export interface Bell {
  ring(): void;
  /** Calls the listener when another tab rang, until the answer is called. */
  onRing(listener: () => void): () => void;
  close(): void;
}

/** A process of its own: nobody to tell. */
export const silentBell: Bell = {
  ring: () => undefined,
  onRing: () => () => undefined,
  close: () => undefined,
};

/** Between the tabs and workers of one browser. */
export function broadcastBell(name: string): Bell {
  const channel = new BroadcastChannel(`logdate-changed:${name}`);
  // Node's types do not say that it is one.
  const target = channel as unknown as EventTarget;
  return {
    ring: () => channel.postMessage(null),
    onRing(listener) {
      target.addEventListener('message', listener);
      return () => target.removeEventListener('message', listener);
    },
    close: () => channel.close(),
  };
}
