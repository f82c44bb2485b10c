import { scriptOf, tabsOf, type Version } from './version.js';

/** Forgets the files of other versions that no tab runs. */
export async function forgetEarlierVersions(worker: ServiceWorkerGlobalScope, { name: mine }: Version): Promise<void> {
  const names = await caches.keys();
  // What is not this version's may be that of a newer one that is being installed.
  const { installing, waiting } = worker.registration;
  if (installing || waiting || worker.serviceWorker.state === 'redundant') return;
  for (const name of names) {
    const script = scriptOf(name);
    if (script === undefined || name === mine) continue;
    // Two versions may share a script: then its tabs keep both.
    await navigator.locks.request(tabsOf(script), { ifAvailable: true }, async (lock) => {
      if (lock !== null) await caches.delete(name);
    });
  }
}
