/** Pictures of the playground for people to look at, in `screenshots/`. `npm run screenshots` runs this file too. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, expect, test } from '@jest/globals';
import { until } from '../../test/support/killable-server.js';
import { describeInChromium, webAppForTests } from '../../web/test/support/web-app.js';
import { executeButton, openPlayground, openTab, resultPane, runTab } from './support/steps.js';

const FOLDER = 'screenshots';
const LOOKS = [
  { name: 'light', colorScheme: 'light', width: 1280, height: 800 },
  { name: 'dark', colorScheme: 'dark', width: 1280, height: 800 },
  { name: 'narrow', colorScheme: 'light', width: 800, height: 800 },
] as const;

describeInChromium('the screens of the playground', () => {
  const app = webAppForTests();
  beforeAll(async () => {
    await mkdir(FOLDER, { recursive: true });
  });

  test.each(LOOKS)('$name', async ({ name, colorScheme, ...viewport }) => {
    const device = await app.device({ viewport, colorScheme, reducedMotion: 'reduce' });
    const { page } = device;
    const look = async (screen: string): Promise<void> => {
      await page.screenshot({ path: join(FOLDER, `playground-${screen}-${name}.png`), animations: 'disabled' });
    };
    await openPlayground(page);
    await runTab(page, 'SignUp');
    await runTab(page, 'Push');
    await look('push');
    await page.getByRole('button', { name: 'Show Documentation Explorer' }).click();
    await page.getByRole('link', { name: 'ErrorCode', exact: true }).click();
    await page.getByText('Too many requests').waitFor();
    await look('documentation');
    await page.getByRole('button', { name: 'Hide Documentation Explorer' }).click();
    await openTab(page, 'Changed');
    await executeButton(page).click();
    await until('the event is shown', async () => {
      await page.getByRole('button', { name: 'Write from another device' }).click();
      return resultPane(page).getByText('another device').isVisible();
    });
    await look('changed');
    expect(device.seen.problems).toEqual([]);
    await device.close();
  });
});
