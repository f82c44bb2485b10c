// The page's side of the service worker: it puts the app on this device, and tells when a new version waits.
import { signal, type ReadonlySignal } from '@preact/signals';
import { saveUnsaved, unsavedText } from '../frame/unsaved-text.js';
import { STARTED, TAKE_OVER } from '../service-worker/messages.js';
import { finishBackupsWithoutTab } from './background-sync.js';
import { tabsOf } from '../service-worker/version.js';

const waits = signal(false);

/** Whether a reload would bring a version that is newer than the one this tab runs. */
export const newVersionWaits: ReadonlySignal<boolean> = waits;

/** Installs the worker once the page is there, and follows it. Where a browser has none, the app needs the network. */
export function keepAppOnDevice(): void {
  if (!('serviceWorker' in navigator)) return;
  const { serviceWorker } = navigator;
  holdFiles();
  finishBackupsWithoutTab();
  let hadWorker = serviceWorker.controller !== null;
  serviceWorker.addEventListener('controllerchange', () => {
    // Another tab took the new version; this one goes on with its own.
    if (hadWorker) waits.value = true;
    hadWorker = true;
  });
  const install = (): void => void follow().catch(() => undefined);
  if (document.readyState === 'complete') install();
  else addEventListener('load', install, { once: true });
}

/**
 * Reloads this tab with the newest version that is on this device, after saving what is typed.
 * @returns false where something could not be saved: then nothing happens
 */
export async function takeNewVersion(): Promise<boolean> {
  await saveUnsaved();
  if (unsavedText.peek().size > 0) return false;
  await reloadNewest();
  return true;
}

/** As takeNewVersion, for a tab that cannot save: the page leaves what is typed to the one that follows. */
export async function reloadNewest(): Promise<void> {
  const waiting = (await navigator.serviceWorker?.getRegistration())?.waiting;
  if (!waiting) location.reload();
  else {
    navigator.serviceWorker.addEventListener('controllerchange', () => location.reload(), { once: true });
    waiting.postMessage(TAKE_OVER);
  }
}

/** As long as this tab is open, whatever version is installed meanwhile. */
function holdFiles(): void {
  const script = document.querySelector<HTMLScriptElement>('script[type=module][src]')?.src;
  if (script === undefined || !('locks' in navigator)) return;
  void navigator.locks
    .request(tabsOf(new URL(script).pathname), { mode: 'shared' }, () => {
      navigator.serviceWorker.controller?.postMessage(STARTED);
      return new Promise(() => undefined);
    })
    .catch(() => undefined);
}

async function follow(): Promise<void> {
  const registration = await navigator.serviceWorker.register('/service-worker.js', { updateViaCache: 'none' });
  const look = (): void => {
    // The first one of all waits for nobody.
    if (registration.waiting && registration.active) waits.value = true;
  };
  look();
  registration.addEventListener('updatefound', () => {
    registration.installing?.addEventListener('statechange', look);
  });
  // A tab may stay open for weeks.
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'visible') void registration.update().catch(() => undefined);
  });
}
