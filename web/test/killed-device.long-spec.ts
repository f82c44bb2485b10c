/** What a device has said to be saved is there after its browser was killed. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, test } from '@jest/globals';
import type { KillableChromium } from '../../client/test/support/killable-chromium.js';
import { isGraphql } from './support/line.js';
import { seeEntry, signUp, untilChip, writeEntry } from './support/steps.js';
import { describeInChromium, webAppForTests } from './support/web-app.js';

describeInChromium('a browser that is killed', () => {
  const app = webAppForTests();
  let profile: string;
  let running: KillableChromium | undefined;
  beforeAll(async () => {
    profile = await mkdtemp(join(tmpdir(), 'logdate-profile-'));
  });
  afterEach(() => running?.kill());
  afterAll(() => rm(profile, { recursive: true, force: true }));

  test('has its entries and its account when it is started again, and backs up what had not gone', async () => {
    running = await app.killableDevice(profile);
    await signUp(running.tab);
    app.line.trouble = (request) => (isGraphql(request) ? { kind: 'answer', status: 503 } : undefined);
    await writeEntry(running.tab, 'Written before the power went.');
    await running.kill();
    running = await app.killableDevice(profile);
    await seeEntry(running.tab, 'Written before the power went.');
    app.line.heal();
    await untilChip(running.tab, 'Backed up');
  });
});
