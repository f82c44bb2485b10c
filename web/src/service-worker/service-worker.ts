// The app without a network: each version installs all of its files beside the one before it, and takes its place when
// no tab runs that one any more, or when a person asks for it.
import { answer } from './answer.js';
import { forgetEarlierVersions } from './earlier-versions.js';
import { keepFiles } from './keep-files.js';
import { BACK_UP, STARTED, TAKE_OVER } from './messages.js';
import type { Version } from './version.js';

declare const self: ServiceWorkerGlobalScope & {
  // Of the Background Sync API, which the types of the language leave out.
  addEventListener(type: 'sync', listener: (event: ExtendableEvent & { readonly tag: string }) => void): void;
};
/** Written in by the build. */
declare const BUILT_VERSION: Version;

const version = BUILT_VERSION;

self.addEventListener('install', (event) => event.waitUntil(keepFiles(version)));
self.addEventListener('activate', (event) => event.waitUntil(start()));
self.addEventListener('fetch', (event) => answer(event, version));
self.addEventListener('message', (event) => {
  if (event.data === TAKE_OVER) event.waitUntil(self.skipWaiting());
  if (event.data === STARTED) event.waitUntil(forgetEarlierVersions(self, version));
});
self.addEventListener('sync', (event) => {
  // The engine lies asleep in this file until then.
  if (event.tag === BACK_UP) event.waitUntil(import('./back-up.js').then(({ backUp }) => backUp()));
});

/** The very first version serves the tab that brought it too: the screens not opened yet must come without a network. */
async function start(): Promise<void> {
  await self.clients.claim();
  await forgetEarlierVersions(self, version);
}
