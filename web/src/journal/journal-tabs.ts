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

function lockOf(name: string): string {
  return `${name} is open`;
}
