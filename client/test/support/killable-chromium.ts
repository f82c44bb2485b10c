import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Readable } from 'node:stream';
import { chromium } from 'playwright-core';
import type { Page } from 'playwright-core';
import { CHROMIUM_FLAGS } from './chromium.js';

/** A browser that keeps its storage in a folder, with a tab that shows a page. */
export interface KillableChromium {
  tab: Page;
  /** Kills all of its processes at once. */
  kill(): Promise<void>;
}

/** Starts Chromium over a profile, and waits until `isReady` of the tab. */
export async function startChromium(
  executable: string,
  profile: string,
  url: string,
  isReady: (tab: Page) => Promise<unknown> = (tab) => tab.waitForFunction(() => 'page' in globalThis),
): Promise<KillableChromium> {
  const flags = ['--headless=new', '--remote-debugging-port=0', `--user-data-dir=${profile}`, '--no-first-run'];
  // In a process group of its own, so that no part of it lives on and finishes what the others began.
  const browser = spawn(executable, [...CHROMIUM_FLAGS, ...flags, 'about:blank'], {
    stdio: ['ignore', 'ignore', 'pipe'],
    detached: true,
  });
  const ended = once(browser, 'exit');
  const connection = await chromium.connectOverCDP(await addressIn(browser.stderr));
  browser.stderr.resume();
  const context = connection.contexts().at(0)!;
  // The tab that it starts with: one that is asked for while it still starts may never come.
  const tab = context.pages().at(0) ?? (await context.waitForEvent('page'));
  await tab.goto(url);
  await isReady(tab);
  return {
    tab,
    async kill() {
      if (browser.exitCode === null && browser.signalCode === null) process.kill(-browser.pid!, 'SIGKILL');
      await ended;
    },
  };
}

async function addressIn(output: Readable): Promise<string> {
  let text = '';
  for await (const chunk of output.iterator({ destroyOnReturn: false })) {
    text += String(chunk);
    const address = /ws:\/\/\S+/.exec(text)?.[0];
    if (address) return address;
  }
  throw new Error(`Chromium did not start: ${text}`);
}
