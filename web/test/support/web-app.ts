/** The app as people have it: in Chromium, served by a server with a database of its own. */
import { afterAll, afterEach, beforeAll, beforeEach, describe } from '@jest/globals';
import { chromium, type Browser, type BrowserContext, type BrowserContextOptions, type Page } from 'playwright-core';
import { CHROMIUM_FLAGS, findChromium } from '../../../client/test/support/chromium.js';
import { startChromium, type KillableChromium } from '../../../client/test/support/killable-chromium.js';
import { startTestServer, type TestServer } from '../../../test/support/test-server.js';
import { Line } from './line.js';
import { newEntryLink } from './steps.js';
import { watch, type Seen } from './watch.js';

/** No name leads anywhere: whatever the app, or the browser itself, wants from elsewhere fails at once. */
const THIS_MACHINE_ONLY = '--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1';

const executablePath = findChromium();

if (executablePath === undefined) console.info('Not checked in a browser: no Chromium is on the PATH');

/** `describe` where Chromium is installed; elsewhere its tests are skipped. */
export const describeInChromium = executablePath === undefined ? describe.skip : describe;

/** A browser with a storage of its own, so a device of its own, and its first tab. */
export interface BrowserDevice {
  context: BrowserContext;
  page: Page;
  seen: Seen;
  close(): Promise<void>;
}

/** What a test has of the app that is open. */
export interface WebApp {
  readonly server: TestServer;
  /** Between the browsers and the server. */
  readonly line: Line;
  /** A new device that shows nothing yet: `page.goto('/')`. */
  device(options?: BrowserContextOptions): Promise<BrowserDevice>;
  /** A device that can be killed, shows the journal, and has again what it stored when it is started over a profile. */
  killableDevice(profile: string): Promise<KillableChromium>;
}

interface OpenWebApp extends WebApp {
  close(): Promise<void>;
}

type ServerSettings = Parameters<typeof startTestServer>[0];

/**
 * The app for the tests of a `describe`, there from its `beforeAll` on. After each test the line is whole again and
 * the devices of the test are closed; a device that was opened in `beforeAll` stays for all of them.
 */
export function webAppForTests(settings: ServerSettings = {}): WebApp {
  let app: OpenWebApp | undefined;
  let devicesOfTest: BrowserDevice[] = [];
  const opened = (): OpenWebApp => {
    if (app === undefined) throw new Error('The app is not open before beforeAll');
    return app;
  };
  beforeAll(async () => {
    app = await openWebApp(settings);
  });
  beforeEach(() => {
    devicesOfTest = [];
  });
  afterEach(async () => {
    opened().line.heal();
    for (const device of devicesOfTest) await device.close();
  });
  afterAll(() => app?.close());
  return {
    get server() {
      return opened().server;
    },
    get line() {
      return opened().line;
    },
    async device(options) {
      const device = await opened().device(options);
      devicesOfTest.push(device);
      return device;
    },
    killableDevice: (profile) => opened().killableDevice(profile),
  };
}

async function openWebApp(settings: ServerSettings): Promise<OpenWebApp> {
  const line = await Line.open();
  const server = await startTestServer({ publicUrl: line.url, ...settings });
  line.leadTo(server.url);
  const browser = await chromium.launch({
    ...(executablePath !== undefined && { executablePath }),
    args: [...CHROMIUM_FLAGS, THIS_MACHINE_ONLY],
  });
  return {
    server,
    line,
    device: (options) => newDevice(browser, line.url, options),
    killableDevice: (profile) =>
      startChromium(executablePath ?? '', profile, line.url, (tab) => newEntryLink(tab).waitFor()),
    async close() {
      await browser.close();
      await line.close();
      await server.close();
    },
  };
}

async function newDevice(browser: Browser, url: string, options: BrowserContextOptions = {}): Promise<BrowserDevice> {
  const context = await browser.newContext({ baseURL: url, locale: 'en-GB', timezoneId: 'UTC', ...options });
  const seen = await watch(context, url);
  return { context, page: await context.newPage(), seen, close: () => context.close() };
}
