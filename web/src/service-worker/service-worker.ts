// The app without a network: each version installs all of its files beside the one before it, and takes its place when
// no tab runs that one any more, or when a person asks for it.
import { answer } from './answer.js';
import { forgetEarlierVersions } from './earlier-versions.js';
import { keepFiles } from './keep-files.js';
import { STARTED, TAKE_OVER } from './messages.js';
import type { Version } from './version.js';

declare const self: ServiceWorkerGlobalScope;
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

/** The very first version serves the tab that brought it too: the screens not opened yet must come without a network. */
async function start(): Promise<void> {
  await self.clients.claim();
  await forgetEarlierVersions(self, version);
}
