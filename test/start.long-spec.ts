import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { Ground, killPostgresInCommit, killSeed, killWhilePushing } from './support/started-server.js';

let ground: Ground;

beforeAll(() => void (ground = new Ground()));
afterEach(() => ground.killAll());
afterAll(() => ground.remove());

// oxlint-disable-next-line jest/no-disabled-tests -- processes are found through /proc
(process.platform === 'linux' ? describe : describe.skip)('in the long run', () => {
  it(`40 kills of the server in mid-push lose no acknowledged row and double none (KILL_SEED=${killSeed})`, async () => {
    const ends = await killWhilePushing(ground, await ground.dataFolder(), 40);
    expect(ends).toHaveLength(40);
  });

  it('5 kills of PostgreSQL in mid-commit are answered with 503, and receipts settle what was committed', async () => {
    const { ends, statuses } = await killPostgresInCommit(ground, await ground.dataFolder(), 5);
    expect(ends).toEqual(Array.from({ length: 5 }, () => ['APPLIED', 'DUPLICATE', 'DUPLICATE']));
    expect(statuses).toEqual([200, 503]);
  });
});
