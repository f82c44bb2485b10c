/** Two versions of the app at one address, one after the other. */
import { execFileSync } from 'node:child_process';
import type { Page } from 'playwright-core';
import { startTestServer, withWebApp } from '../../../test/support/test-server.js';
import type { WebApp } from './web-app.js';

/** Builds a later release of the app into a folder; `next-schema` changes the local tables too. */
export function buildLater(folder: string, ...changes: 'next-schema'[]): void {
  execFileSync(process.execPath, ['web/test/support/newer-version.mjs', folder, ...changes], { stdio: 'pipe' });
}

/** From now on the address shows the app of a folder; the server is as it was. @returns ends that */
export async function serveInstead({ server, line }: WebApp, folder: string): Promise<() => Promise<void>> {
  const settings = { publicUrl: line.url, dataDir: server.dataDir };
  const later = await startTestServer(settings, server.database, withWebApp(folder));
  line.leadTo(later.url);
  return async () => {
    line.leadTo(server.url);
    await later.close();
  };
}

/** Which version a tab runs, by the name of its script. */
export function versionOf(page: Page): Promise<string> {
  return page.evaluate(() => document.querySelector<HTMLScriptElement>('script[type=module]')?.src ?? '');
}

/** Has the browser look for a new version, as it does by itself now and then. */
export async function lookForVersion(page: Page): Promise<void> {
  await page.evaluate(async () => void (await (await navigator.serviceWorker.ready).update()));
}

/** The names of the caches of a device. */
export function cachesOf(page: Page): Promise<string[]> {
  return page.evaluate(() => caches.keys());
}
