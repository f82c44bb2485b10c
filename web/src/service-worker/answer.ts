// Answers the pages of this device with the files that are kept on it. Only files of the app: what the server says of a
// journal is never kept here.
import { isAppAddress } from './app-address.js';
import { HASHED_FILES, PAGE, type Version } from './version.js';

/** Answers a request for a file or a screen of the app; leaves every other to the browser. */
export function answer(event: FetchEvent, version: Version): void {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== 'GET' || url.origin !== location.origin) return;
  const path = request.mode === 'navigate' && isAppAddress(url.pathname) ? PAGE : url.pathname;
  if (path in version.files) event.respondWith(kept(request, path, version.name));
  // A tab that still runs an earlier version asks for what its screens need.
  else if (path.startsWith(HASHED_FILES)) event.respondWith(kept(request, path));
}

/** The server is asked where a browser has thrown the file away. */
async function kept(request: Request, path: string, cacheName?: string): Promise<Response> {
  const found = await caches.match(path, { ignoreVary: true, ...(cacheName !== undefined && { cacheName }) });
  return found ?? fetch(request);
}
