// Which tabs have a journal open: what removes a journal waits until none has.

/**
 * Tells the other tabs that this one has the journal open; waits while one of them combines or removes it.
 * @returns tells them that it is closed
 */
export function openedHere(name: string): Promise<() => void> {
  return new Promise((resolve, reject) => {
    if (!('locks' in navigator)) return resolve(() => undefined);
    const held = new Promise<void>((close) => {
      void navigator.locks
        .request(lockOf(name), { mode: 'shared' }, () => {
          resolve(close);
          return held;
        })
        .catch(reject);
    });
  });
}

/**
 * Does the work once no tab has the journal open, and keeps it closed until the work has ended.
 * @throws the reason of the signal, when it is aborted while it waits
 */
export function whileClosed<T>(name: string, signal: AbortSignal, work: () => Promise<T>): Promise<T> {
  if (!('locks' in navigator)) return work();
  return navigator.locks.request(lockOf(name), { signal }, work);
}

function lockOf(name: string): string {
  return `${name} is open`;
}
